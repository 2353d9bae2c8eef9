// Custom roles and what people are in the organisation. Nobody gives more than they may, and the last administrator stays.
import { Refusal, changes, done, expect, filled, line, needs, noted, save, write, wrong } from "./changes.mjs";
import { notFound } from "./errors.mjs";
import { globalId, parseId } from "./ids.mjs";
import { CATALOGUE, beyond, catalogued, permissionsOf } from "./permission.mjs";

const MANAGE = "user:manage_roles";

export const createCustomRole = changes((input, { world, viewer, made }) => {
  needs(viewer, MANAGE);
  const fields = described(input, [], viewer);
  checkName(world, viewer, fields, null);
  const role = {
    kind: "CustomRole",
    id: made.CustomRole.shift(),
    organization: viewer.organization,
    version: 1,
    ...fields,
    createdAt: world.moment,
    updatedAt: world.moment,
  };
  world.put(role);
  return { customRole: role };
});

export const updateCustomRole = changes((input, { world, viewer }) => {
  const role = manageable(input, world, viewer);
  const fields = described(input, role.permissions, viewer);
  checkName(world, viewer, fields, role.id);
  return { customRole: save(world, role, fields) };
});

export const deleteCustomRole = changes((input, { world, viewer }) => {
  const role = manageable(input, world, viewer);
  const isBearer = (user) => user.organization === role.organization && user.customRole === role.id;
  const count = world.all("User").filter(isBearer).length;
  if (count > 0) {
    const people = count === 1 ? "1 person" : `${count} people`;
    const message = `is borne by ${people}; take it from them first (users(filter: {customRoleId}) lists them)`;
    throw new Refusal({}, "customRoleId", "INVALID", message);
  }
  world.remove(role);
  return { deletedId: globalId("CustomRole", role.id) };
});

export const setUserRole = changes((input, { world, viewer }) => {
  const id = parseId("userId", "User", input.userId);
  const custom = input.customRoleId == null ? input.customRoleId : parseId("customRoleId", "CustomRole", input.customRoleId);
  const user = changeable(id, world, viewer);
  expect(user, input);
  const errors = [];
  const role = noted(errors, () => filled(input, "role"))?.toLowerCase() ?? user.role;
  const customRole = custom === undefined ? user.customRole : custom;
  const given = customRole && customRole !== user.customRole ? own(customRole, world, viewer) : undefined;
  if (given === null) errors.push(wrong("customRoleId", "NOT_FOUND", "is no custom role of the organisation"));
  const had = permissionsOf(user.role, user.customRole && own(user.customRole, world, viewer));
  within("role", permissionsOf(role), had, viewer, errors);
  within("customRoleId", catalogued(given?.permissions ?? []), had, viewer, errors);
  done(errors);
  if (role === user.role && customRole === user.customRole) return { user };
  if (isActiveAdmin(user) && role !== "admin") oneAdminLess(user, world);
  if (given) write(world, given, {});
  return { user: write(world, user, { role, customRole }) };
});

// What the input says of a custom role that gave this before.
function described(input, before, viewer) {
  const errors = [];
  const fields = {};
  const name = noted(errors, () => filled(input, "name"));
  if (name !== undefined) fields.name = noted(errors, () => line("name", name));
  const permissions = noted(errors, () => filled(input, "permissions"));
  if (permissions !== undefined) {
    checkNames(permissions, errors);
    fields.permissions = catalogued(permissions);
    within("permissions", fields.permissions, catalogued(before), viewer, errors);
  }
  done(errors);
  return fields;
}

// The first that is no permission is told which there are.
function checkNames(names, errors) {
  let all = `; there are ${CATALOGUE.join(", ")}`;
  for (const [place, name] of names.entries()) {
    if (CATALOGUE.includes(name)) continue;
    errors.push(wrong(`permissions.${place}`, "INVALID", `"${name}" is no permission${all}`));
    all = "";
  }
}

function checkName(world, { organization }, { name }, id) {
  const isTaken = world
    .all("CustomRole")
    .some((other) => other.organization === organization && other.name === name && other.id !== id);
  if (isTaken) throw new Refusal({}, "name", "TAKEN", "is what another custom role is called");
}

// Notes when there is more among these, beside what was had, than the viewer may hand out.
function within(field, granted, had, viewer, errors) {
  const first = beyond(
    granted.filter((permission) => !had.includes(permission)),
    viewer.permissions,
  );
  if (!first) return;
  const message = `gives ${first}, which you don't have yourself: nobody gives more than they may`;
  errors.push(wrong(field, "OUT_OF_RANGE", message));
}

// The custom role, if it is the viewer's organisation's.
function own(id, world, { organization }) {
  const role = world.get("CustomRole", id);
  return role?.organization === organization ? role : null;
}

function manageable(input, world, viewer) {
  const role = own(parseId("customRoleId", "CustomRole", input.customRoleId), world, viewer);
  if (!role) throw notFound("CustomRole");
  needs(viewer, MANAGE);
  expect(role, input);
  return role;
}

// The colleague; an administrator is changed only by who has all rights.
function changeable(id, world, viewer) {
  const user = world.get("User", id);
  if (user?.organization !== viewer.organization) throw notFound("User");
  needs(viewer, MANAGE);
  if (user.role === "admin") for (const permission of CATALOGUE) needs(viewer, permission);
  return user;
}

const isActiveAdmin = ({ role, isActive }) => role === "admin" && isActive;

// The organisation is written along.
function oneAdminLess(admin, world) {
  const home = world.get("Organization", admin.organization);
  if (!home) throw notFound("Organization");
  const isOther = (user) => user.organization === home.id && isActiveAdmin(user) && user.id !== admin.id;
  if (!world.all("User").some(isOther)) {
    const message = "can't change: they are the last active administrator; make somebody else one first";
    throw new Refusal({}, "role", "INVALID", message);
  }
  write(world, home, {});
}
