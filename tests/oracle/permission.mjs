// Who may what: the permissions of the roles in the organisation and in a project.

// The catalogue: answers list permissions in this order.
const RESOURCES = {
  user: "create read update delete invite activate manage_roles",
  organization: "read update manage_settings",
  project: "create read update delete manage_team manage_budget archive view_all",
  task:
    "create read update delete assign change_status manage_comments manage_attachments " +
    "view_all edit_all delete_all",
  team: "read edit view_activity",
  time_tracking: "create read update delete approve view_all",
  financial: "read create_expense approve_expense create_invoice send_invoice manage_payments",
  cache: "inspect purge",
};

const of = (resource, verbs = RESOURCES[resource]) => verbs.split(" ").map((verb) => `${resource}:${verb}`);
const but = (all, ...without) => all.filter((permission) => !without.includes(permission));

export const CATALOGUE = Object.keys(RESOURCES).flatMap((resource) => of(resource));
const SEEN_BY_ALL = ["user:read", "organization:read", "project:read", "task:read"];
const READ = [...SEEN_BY_ALL, "team:read"];
const OWN_TIME = of("time_tracking", "create read update delete");
const TESTING = of("task", "create update change_status manage_comments manage_attachments");

const ROLES = {
  admin: CATALOGUE,
  project_manager: [
    ...READ,
    ...but(of("project"), "project:delete"),
    ...but(of("task"), "task:delete", "task:delete_all"),
    ...of("team"),
    ...but(of("time_tracking"), "time_tracking:delete"),
    ...but(of("financial"), "financial:manage_payments"),
    "user:invite",
  ],
  human_resource: [...READ, ...of("user"), ...of("team"), ...of("time_tracking")],
  team_member: [...READ, ...of("task", "change_status manage_comments"), ...OWN_TIME],
  qa_engineer: [...READ, ...TESTING],
  tester: [...READ, ...TESTING],
  account_manager: [...READ, ...of("financial", "read create_invoice")],
  client: SEEN_BY_ALL,
  viewer: SEEN_BY_ALL,
};

const PROJECT_READ = ["project:read", "task:read"];
const PROJECT_ROLES = {
  project_manager: [
    ...PROJECT_READ,
    ...of("task"),
    ...of("project", "update manage_team manage_budget archive delete"),
  ],
  project_member: [...PROJECT_READ, ...TESTING, "task:assign"],
  project_viewer: PROJECT_READ,
  project_client: [...PROJECT_READ, "task:manage_comments"],
};

// What a person of this role may in the whole organisation, and what the custom one gives that they bear, in the order of
// the catalogue.
export function permissionsOf(role, custom) {
  const held = new Set([...ROLES[role], ...(custom?.permissions ?? [])]);
  return CATALOGUE.filter((permission) => held.has(permission));
}

// Those of these names that are permissions, in the order of the catalogue.
export const catalogued = (names) => CATALOGUE.filter((permission) => names.includes(permission));

// The first of these that nobody with `own` permissions may hand out; whoever makes members gives what a team member has.
export const beyond = (granted, own) =>
  granted.find((permission) => !own.includes(permission) && !ROLES.team_member.includes(permission));

// What a user is in a project: what was set for them, else its creator, its client, one of its team; or null.
export function projectRole(user, project) {
  const set = project.projectRoles.find((entry) => entry.user === user.id);
  if (set) return set.role;
  if (project.createdBy === user.id) return "project_manager";
  if (project.client === user.id) return "project_client";
  if (!project.teamMembers.includes(user.id)) return null;
  return { client: "project_client", viewer: "project_viewer" }[user.role] ?? "project_member";
}

// What a person of this role may in a project.
export const permissionsIn = (role) => PROJECT_ROLES[role] ?? [];
