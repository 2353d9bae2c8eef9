//! The kinds of changes, by the names that graphql-inspector gave them; those it has no name for come last.

use std::fmt;

macro_rules! kinds {
    ($($kind:ident $name:literal $doc:literal),* $(,)?) => {
        /// What changed.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum ChangeKind {
            $(#[doc = $doc] $kind,)*
        }

        impl ChangeKind {
            /// All kinds.
            pub const ALL: &[ChangeKind] = &[$(ChangeKind::$kind,)*];

            /// Its name, like `FIELD_REMOVED`.
            pub fn name(self) -> &'static str {
                match self {
                    $(ChangeKind::$kind => $name,)*
                }
            }

            /// In words, like `a field was removed`.
            pub fn words(self) -> &'static str {
                match self {
                    $(ChangeKind::$kind => $doc,)*
                }
            }
        }
    };
}

kinds! {
    SchemaQueryTypeChanged "SCHEMA_QUERY_TYPE_CHANGED" "the root of queries is another type",
    SchemaMutationTypeChanged "SCHEMA_MUTATION_TYPE_CHANGED" "the root of mutations is another type",
    SchemaSubscriptionTypeChanged "SCHEMA_SUBSCRIPTION_TYPE_CHANGED" "the root of subscriptions is another type",
    TypeAdded "TYPE_ADDED" "a type was added",
    TypeRemoved "TYPE_REMOVED" "a type was removed",
    TypeKindChanged "TYPE_KIND_CHANGED" "a type is of another kind",
    TypeDescriptionAdded "TYPE_DESCRIPTION_ADDED" "a type got a description",
    TypeDescriptionChanged "TYPE_DESCRIPTION_CHANGED" "a type's description changed",
    TypeDescriptionRemoved "TYPE_DESCRIPTION_REMOVED" "a type lost its description",
    ObjectTypeInterfaceAdded "OBJECT_TYPE_INTERFACE_ADDED" "a type implements one more interface",
    ObjectTypeInterfaceRemoved "OBJECT_TYPE_INTERFACE_REMOVED" "a type implements an interface no longer",
    FieldAdded "FIELD_ADDED" "a field was added",
    FieldRemoved "FIELD_REMOVED" "a field was removed",
    FieldTypeChanged "FIELD_TYPE_CHANGED" "a field is of another type",
    FieldDescriptionAdded "FIELD_DESCRIPTION_ADDED" "a field got a description",
    FieldDescriptionChanged "FIELD_DESCRIPTION_CHANGED" "a field's description changed",
    FieldDescriptionRemoved "FIELD_DESCRIPTION_REMOVED" "a field lost its description",
    FieldDeprecationAdded "FIELD_DEPRECATION_ADDED" "a field was deprecated",
    FieldDeprecationRemoved "FIELD_DEPRECATION_REMOVED" "a field is deprecated no longer",
    FieldDeprecationReasonAdded "FIELD_DEPRECATION_REASON_ADDED" "a deprecated field got a reason",
    FieldDeprecationReasonChanged "FIELD_DEPRECATION_REASON_CHANGED" "a deprecated field's reason changed",
    FieldDeprecationReasonRemoved "FIELD_DEPRECATION_REASON_REMOVED" "a deprecated field lost its reason",
    FieldArgumentAdded "FIELD_ARGUMENT_ADDED" "an argument was added",
    FieldArgumentRemoved "FIELD_ARGUMENT_REMOVED" "an argument was removed",
    FieldArgumentTypeChanged "FIELD_ARGUMENT_TYPE_CHANGED" "an argument is of another type",
    FieldArgumentDefaultChanged "FIELD_ARGUMENT_DEFAULT_CHANGED" "an argument's default changed",
    FieldArgumentDescriptionChanged "FIELD_ARGUMENT_DESCRIPTION_CHANGED" "an argument's description changed",
    InputFieldAdded "INPUT_FIELD_ADDED" "a field of an input was added",
    InputFieldRemoved "INPUT_FIELD_REMOVED" "a field of an input was removed",
    InputFieldTypeChanged "INPUT_FIELD_TYPE_CHANGED" "a field of an input is of another type",
    InputFieldDefaultValueChanged "INPUT_FIELD_DEFAULT_VALUE_CHANGED" "the default of a field of an input changed",
    InputFieldDescriptionAdded "INPUT_FIELD_DESCRIPTION_ADDED" "a field of an input got a description",
    InputFieldDescriptionChanged "INPUT_FIELD_DESCRIPTION_CHANGED" "the description of a field of an input changed",
    InputFieldDescriptionRemoved "INPUT_FIELD_DESCRIPTION_REMOVED" "a field of an input lost its description",
    EnumValueAdded "ENUM_VALUE_ADDED" "an enum value was added",
    EnumValueRemoved "ENUM_VALUE_REMOVED" "an enum value was removed",
    EnumValueDescriptionChanged "ENUM_VALUE_DESCRIPTION_CHANGED" "an enum value's description changed",
    EnumValueDeprecationReasonAdded "ENUM_VALUE_DEPRECATION_REASON_ADDED" "an enum value was deprecated or got a reason",
    EnumValueDeprecationReasonChanged "ENUM_VALUE_DEPRECATION_REASON_CHANGED" "a deprecated enum value's reason changed",
    EnumValueDeprecationReasonRemoved "ENUM_VALUE_DEPRECATION_REASON_REMOVED" "an enum value lost its deprecation or its reason",
    UnionMemberAdded "UNION_MEMBER_ADDED" "a union has one more member",
    UnionMemberRemoved "UNION_MEMBER_REMOVED" "a union has one member less",
    DirectiveAdded "DIRECTIVE_ADDED" "a directive was added",
    DirectiveRemoved "DIRECTIVE_REMOVED" "a directive was removed",
    DirectiveDescriptionChanged "DIRECTIVE_DESCRIPTION_CHANGED" "a directive's description changed",
    DirectiveRepeatableAdded "DIRECTIVE_REPEATABLE_ADDED" "a directive may now be repeated",
    DirectiveRepeatableRemoved "DIRECTIVE_REPEATABLE_REMOVED" "a directive may be repeated no longer",
    DirectiveLocationAdded "DIRECTIVE_LOCATION_ADDED" "a directive may stand in one more place",
    DirectiveLocationRemoved "DIRECTIVE_LOCATION_REMOVED" "a directive may stand in one place less",
    DirectiveArgumentAdded "DIRECTIVE_ARGUMENT_ADDED" "a directive's argument was added",
    DirectiveArgumentRemoved "DIRECTIVE_ARGUMENT_REMOVED" "a directive's argument was removed",
    DirectiveArgumentTypeChanged "DIRECTIVE_ARGUMENT_TYPE_CHANGED" "a directive's argument is of another type",
    DirectiveArgumentDefaultValueChanged "DIRECTIVE_ARGUMENT_DEFAULT_VALUE_CHANGED" "the default of a directive's argument changed",
    DirectiveArgumentDescriptionChanged "DIRECTIVE_ARGUMENT_DESCRIPTION_CHANGED" "the description of a directive's argument changed",
    DirectiveUsageSchemaAdded "DIRECTIVE_USAGE_SCHEMA_ADDED" "a directive stands at the schema",
    DirectiveUsageSchemaRemoved "DIRECTIVE_USAGE_SCHEMA_REMOVED" "a directive stands at the schema no longer",
    DirectiveUsageScalarAdded "DIRECTIVE_USAGE_SCALAR_ADDED" "a directive stands at a scalar",
    DirectiveUsageScalarRemoved "DIRECTIVE_USAGE_SCALAR_REMOVED" "a directive stands at a scalar no longer",
    DirectiveUsageObjectAdded "DIRECTIVE_USAGE_OBJECT_ADDED" "a directive stands at a type",
    DirectiveUsageObjectRemoved "DIRECTIVE_USAGE_OBJECT_REMOVED" "a directive stands at a type no longer",
    DirectiveUsageInterfaceAdded "DIRECTIVE_USAGE_INTERFACE_ADDED" "a directive stands at an interface",
    DirectiveUsageInterfaceRemoved "DIRECTIVE_USAGE_INTERFACE_REMOVED" "a directive stands at an interface no longer",
    DirectiveUsageUnionAdded "DIRECTIVE_USAGE_UNION_MEMBER_ADDED" "a directive stands at a union",
    DirectiveUsageUnionRemoved "DIRECTIVE_USAGE_UNION_MEMBER_REMOVED" "a directive stands at a union no longer",
    DirectiveUsageEnumAdded "DIRECTIVE_USAGE_ENUM_ADDED" "a directive stands at an enum",
    DirectiveUsageEnumRemoved "DIRECTIVE_USAGE_ENUM_REMOVED" "a directive stands at an enum no longer",
    DirectiveUsageEnumValueAdded "DIRECTIVE_USAGE_ENUM_VALUE_ADDED" "a directive stands at an enum value",
    DirectiveUsageEnumValueRemoved "DIRECTIVE_USAGE_ENUM_VALUE_REMOVED" "a directive stands at an enum value no longer",
    DirectiveUsageInputObjectAdded "DIRECTIVE_USAGE_INPUT_OBJECT_ADDED" "a directive stands at an input",
    DirectiveUsageInputObjectRemoved "DIRECTIVE_USAGE_INPUT_OBJECT_REMOVED" "a directive stands at an input no longer",
    DirectiveUsageInputFieldDefinitionAdded "DIRECTIVE_USAGE_INPUT_FIELD_DEFINITION_ADDED" "a directive stands at a field of an input",
    DirectiveUsageInputFieldDefinitionRemoved "DIRECTIVE_USAGE_INPUT_FIELD_DEFINITION_REMOVED" "a directive stands at a field of an input no longer",
    DirectiveUsageFieldDefinitionAdded "DIRECTIVE_USAGE_FIELD_DEFINITION_ADDED" "a directive stands at a field",
    DirectiveUsageFieldDefinitionRemoved "DIRECTIVE_USAGE_FIELD_DEFINITION_REMOVED" "a directive stands at a field no longer",
    DirectiveUsageArgumentDefinitionAdded "DIRECTIVE_USAGE_ARGUMENT_DEFINITION_ADDED" "a directive stands at an argument",
    DirectiveUsageArgumentDefinitionRemoved "DIRECTIVE_USAGE_ARGUMENT_DEFINITION_REMOVED" "a directive stands at an argument no longer",
    DirectiveUsageArgumentAdded "DIRECTIVE_USAGE_ARGUMENT_ADDED" "a directive stands with one more argument",
    DirectiveUsageArgumentRemoved "DIRECTIVE_USAGE_ARGUMENT_REMOVED" "a directive stands with one argument less",
    DirectiveUsageArgumentChanged "DIRECTIVE_USAGE_ARGUMENT_CHANGED" "a directive stands with another argument",
    SchemaDescriptionChanged "SCHEMA_DESCRIPTION_CHANGED" "the schema's description changed",
    OperationRefused "OPERATION_REFUSED" "a known operation is refused",
}

impl fmt::Display for ChangeKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}
