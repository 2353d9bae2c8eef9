// Who asks: the session and the user that the token names, in one batch, and what they may see.

import { hash, timingSafeEqual } from 'node:crypto';

const VIEW_ALL = new Set(['admin', 'project_manager']);

/// The viewer of a request by its `Authorization`; null when the token doesn't admit.
export async function identify(authorization, loaders) {
  if (!authorization?.startsWith('Bearer ')) return null;
  const bytes = Buffer.from(authorization.slice(7), 'base64url');
  if (bytes.length !== 56) return null;
  const ids = [bytes.toString('hex', 0, 12), bytes.toString('hex', 12, 24)];
  const [session, user] = await Promise.all([loaders.get('ses', ids[0]), loaders.get('usr', ids[1])]);
  if (!session || !user || !admits(bytes.subarray(24), session, user)) return null;
  return { id: user._id, organization: user.organization, role: user.role, viewsAll: VIEW_ALL.has(user.role) };
}

function admits(secret, session, user) {
  const known = Buffer.from(session.tokenHash, 'hex');
  const sent = hash('sha256', secret, 'buffer');
  return (
    known.length === sent.length &&
    timingSafeEqual(known, sent) &&
    session.userId === user._id &&
    session.organization === user.organization &&
    user.isActive &&
    Date.parse(session.expiresAt) > Date.now()
  );
}

/// Whether the viewer sees a project: all of the organisation, or those that they belong to.
export function seesProject(viewer, project) {
  return (
    project !== null &&
    project.organization === viewer.organization &&
    (viewer.viewsAll ||
      project.createdBy === viewer.id ||
      project.client === viewer.id ||
      project.teamMembers.includes(viewer.id) ||
      project.projectRoles.some((entry) => entry.user === viewer.id))
  );
}
