//! Lets the library execute mutations, and what is selected of their payloads be executed by a plan.

/// Says of types that they are the payloads of these names, which are declared.
macro_rules! answers {
    ($($Payload:ty as $name:literal),* $(,)?) => { $(
        #[async_trait::async_trait]
        impl async_graphql::OutputType for $Payload {
            fn type_name() -> std::borrow::Cow<'static, str> {
                $name.into()
            }

            fn create_type_info(_: &mut async_graphql::registry::Registry) -> String {
                // What is declared is registered with the query root.
                concat!($name, "!").into()
            }

            async fn resolve(
                &self,
                ctx: &async_graphql::ContextSelectionSet<'_>,
                _: &async_graphql::Positioned<async_graphql::parser::types::Field>,
            ) -> async_graphql::ServerResult<async_graphql::Value> {
                use $crate::graphql::inner::{execute_inner, made, place};
                execute_inner(ctx, Some(place(ctx)), $name, made(self.clone()), &ctx.item.node).await
            }
        }
    )* };
}

pub(super) use answers;
