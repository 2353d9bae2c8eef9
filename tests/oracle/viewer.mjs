// Who asks: what they may and what they see.
import { permissionsIn, permissionsOf, projectRole } from "./permission.mjs";

// What assets belong to, by what they are for.
const OWNERS = { avatar: "User", cover: "Project", logo: "Organization", attachment: "Task" };

export class Viewer {
  #world;

  constructor(world, user, session) {
    this.#world = world;
    this.user = user;
    this.session = session;
    this.organization = user.organization;
    this.permissions = permissionsOf(user.role, user.customRole && this.find("CustomRole", user.customRole));
  }

  has(permission) {
    return this.permissions.includes(permission);
  }

  // The entity, if there is one and they see it.
  find(kind, id) {
    const entity = this.#world.get(kind, id);
    return entity && this.sees(entity) ? entity : null;
  }

  // Another organisation's things do not exist; a task is seen through its project, a comment through its task.
  sees(entity) {
    const organization = entity.kind === "Organization" ? entity.id : entity.organization;
    if (organization !== this.organization) return false;
    switch (entity.kind) {
      case "Organization":
      case "User":
      case "CustomRole":
        return true;
      case "Project":
        return this.has("project:view_all") || projectRole(this.user, entity) !== null;
      case "Task":
        return this.find("Project", entity.project) !== null;
      case "Comment":
        return this.#task(entity) !== null;
      case "Asset":
        return this.find(OWNERS[entity.assetKind], entity.owner) !== null;
      case "Session":
        return entity.userId === this.user.id && this.#world.now < Date.parse(entity.expiresAt);
      case "Invitation":
        return this.has("user:invite") && this.#world.now < Date.parse(entity.expiresAt);
      default:
        return false;
    }
  }

  // The task of a comment, if it lies in the project that the comment names and is seen.
  #task(comment) {
    const task = this.#world.get("Task", comment.task);
    return task && task.project === comment.project && this.find("Project", comment.project) ? task : null;
  }

  // The comment, if they see its task: for changing it, the project that it names doesn't count.
  findWritable(id) {
    const comment = this.#world.get("Comment", id);
    const isOwn = comment?.organization === this.organization;
    return isOwn && this.find("Task", comment.task) ? comment : null;
  }

  // The project by which rights to an entity are judged.
  projectOf(entity) {
    switch (entity.kind) {
      case "Project":
        return entity;
      case "Task":
        return this.#world.get("Project", entity.project);
      default:
        return this.projectOf(this.#world.get("Task", entity.task));
    }
  }

  may(permission, project) {
    const inProject = permissionsIn(projectRole(this.user, project));
    return this.sees(project) && (this.has(permission) || inProject.includes(permission));
  }

  // Whether they may read the addresses of all clients, and find clients by them.
  readsAddresses() {
    return this.has("user:invite") || this.has("financial:read");
  }

  // Whether they may read what an hour of others is worth.
  readsRates() {
    return this.has("financial:read") || this.has("user:update");
  }

  mayReadAddress(user) {
    return user.role !== "client" || this.readsAddresses() || user.id === this.user.id;
  }

  // The projects whose tasks their lists show: those that they made, are the client or in the team of.
  belongs(project) {
    const { id } = this.user;
    return project.createdBy === id || project.client === id || project.teamMembers.includes(id);
  }
}
