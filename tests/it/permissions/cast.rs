//! Who does it, and where: a person of each role, who belongs to one project, not to another one of the same
//! organisation, and to nothing in another organisation.

use std::sync::Arc;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use kanvaro::media::Uploads;
use kanvaro::model::{
    AnyEntity, Asset, AssetKind, Budget, Comment, Entity, Id, Invitation, Money, Organization, PasswordReset, Project,
    ProjectRole, ProjectRoleEntry, Role, Task, User,
};
use serde_json::{Value, json};

use crate::media;
use crate::support::app::TestApp;
use crate::support::home::Home;
use crate::support::sample::{self, after_noon};
use crate::support::world::{Tenant, gid};

/// How many places there are.
pub const PLACES: usize = 3;
/// Where there is a project of theirs.
pub const OWN: usize = 0;
/// Where there is one of the same organisation that they don't belong to.
const OTHER: usize = 1;
/// In another organisation.
const ELSEWHERE: usize = 2;

/// What all passwords are.
pub const PASSWORD: &str = "correct horse battery";

/// A column of the matrix.
#[derive(Clone, Copy, Debug)]
pub struct Part {
    /// Its head.
    pub name: &'static str,
    role: Option<Role>,
    in_project: Option<ProjectRole>,
}

const fn of_role(name: &'static str, role: Role) -> Part {
    Part {
        name,
        role: Some(role),
        in_project: None,
    }
}

/// A viewer of the organisation who is more in their project.
const fn in_project(name: &'static str, role: ProjectRole) -> Part {
    Part {
        name,
        role: Some(Role::Viewer),
        in_project: Some(role),
    }
}

/// Everybody.
pub const PARTS: [Part; 14] = [
    Part {
        name: "non",
        role: None,
        in_project: None,
    },
    of_role("adm", Role::Admin),
    of_role("hr", Role::HumanResource),
    of_role("pm", Role::ProjectManager),
    of_role("tm", Role::TeamMember),
    of_role("cli", Role::Client),
    of_role("vie", Role::Viewer),
    of_role("qa", Role::QaEngineer),
    of_role("tes", Role::Tester),
    of_role("acc", Role::AccountManager),
    in_project("+pm", ProjectRole::ProjectManager),
    in_project("+me", ProjectRole::ProjectMember),
    in_project("+vi", ProjectRole::ProjectViewer),
    in_project("+cl", ProjectRole::ProjectClient),
];

/// Somebody with their places.
pub struct Stage {
    pub app: TestApp,
    pub part: Part,
    /// Who they are; of nobody, who they would be.
    pub person: User,
    pub places: [Place; PLACES],
    tenant: Tenant,
}

/// A project with all around it.
pub struct Place {
    pub home: Home,
    /// Theirs, where they belong; else somebody's.
    pub comment: Comment,
    /// That of the mails about an invitation and a new password.
    pub tokens: Tokens,
    pub cover: Asset,
}

impl Stage {
    pub async fn set(part: Part) -> Stage {
        let mut app = TestApp::new().await;
        let mut file = app.app.assets.incoming.create().await.unwrap();
        let picture = media::sample::webp(&media::sample::quarters(8, 6));
        file.write(&picture).await.unwrap();
        app.uploads = Uploads::new([file.finish("picture.webp").await.unwrap()]);
        let tenant = Tenant::seed(&app).await;
        let person = person(&app, &tenant, part).await;
        dress(&app, &tenant).await;
        let place = |at| Place::at(at, &app, &tenant, part, &person);
        let places = [place(OWN).await, place(OTHER).await, place(ELSEWHERE).await];
        Stage {
            app,
            part,
            person,
            places,
            tenant,
        }
    }

    /// Puts a place back into order that something was changed in.
    pub async fn reset(&mut self, place: usize) {
        self.places[place] = Place::at(place, &self.app, &self.tenant, self.part, &self.person).await;
    }

    /// Brings an upload to each place that has only to be completed: in their own theirs, made while they were somebody
    /// who may, for whoever may not can't begin one.
    pub async fn upload(&mut self) {
        let mighty = User {
            role: Role::Admin,
            ..self.person.clone()
        };
        for (at, place) in self.places.iter_mut().enumerate() {
            let tenant = &place.home.tenant;
            let who = if at == OWN { &mighty } else { &tenant.admin };
            place.home.upload = Home::upload(&self.app, who, &tenant.task).await;
        }
    }

    /// What they are answered.
    pub async fn ask(&self, document: &str, variables: Value) -> Value {
        let who = self.part.role.map(|_| &self.person);
        self.app.query(who, document, variables).await
    }

    /// The ids of a place, by the names that documents have for them.
    pub fn ids(&self, place: usize) -> Value {
        let at = &self.places[place];
        let (home, tenant) = (&at.home, &at.home.tenant);
        json!({
            "organization": gid(&tenant.organization), "project": gid(&tenant.project), "task": gid(&tenant.task),
            "comment": gid(&at.comment), "attachment": gid(&home.attachment), "cover": gid(&at.cover),
            "invitation": gid(&home.invitation), "customRole": gid(&home.role), "session": gid(&home.session), "colleague": gid(&home.member), "client": gid(&home.client),
            "self": gid(&self.person), "displayId": tenant.task.display_id,
        })
    }
}

impl Place {
    /// The place of this number, for somebody of this tenant.
    async fn at(place: usize, app: &TestApp, tenant: &Tenant, part: Part, person: &User) -> Place {
        match place {
            OWN => Place::own(app, tenant.beside(app).await, part, person).await,
            OTHER => Place::others(app, tenant.beside(app).await).await,
            ELSEWHERE => Place::others(app, Tenant::seed(app).await).await,
            _ => unreachable!("there are {PLACES} places"),
        }
    }

    async fn others(app: &TestApp, tenant: Tenant) -> Place {
        let home = Home::within(app, tenant).await;
        let (comment, member) = (home.tenant.comment.clone(), home.member.clone());
        Place::complete(app, home, comment, &member).await
    }

    async fn own(app: &TestApp, tenant: Tenant, part: Part, person: &User) -> Place {
        let mut home = Home::within(app, tenant).await;
        for project in [&home.tenant.project, &home.elsewhere] {
            change(app, project, |project: &mut Project| {
                project.team_members.push(person.id);
                project
                    .project_roles
                    .extend(part.in_project.map(|role| ProjectRoleEntry { user: person.id, role }));
            })
            .await;
        }
        let comment = sample::comment(&home.tenant.task, person.id);
        home.session = sample::session(person);
        app.seed([comment.clone()]).await;
        app.seed([home.session.clone()]).await;
        Place::complete(app, home, comment, person).await
    }

    /// With mails, of which that about a new password is for this person, and with whatever else may be there or not.
    async fn complete(app: &TestApp, home: Home, comment: Comment, person: &User) -> Place {
        Place {
            tokens: Tokens::sent(app, &home, person).await,
            cover: fill(app, &home, &comment).await,
            home,
            comment,
        }
    }
}

/// What stands in mails.
pub struct Tokens {
    pub invitation: String,
    pub password: String,
}

impl Tokens {
    /// Those of the invitation of a place, and of a new password for this person.
    async fn sent(app: &TestApp, home: &Home, person: &User) -> Tokens {
        let secret = [7; 32];
        let hashes = vec![hex(&secret)];
        change(app, &home.invitation, |invitation: &mut Invitation| {
            invitation.token_hashes.clone_from(&hashes);
        })
        .await;
        let reset = PasswordReset {
            token_hashes: hashes,
            ..sample::password_reset(person)
        };
        app.seed([reset.clone()]).await;
        let text = |id: Id| URL_SAFE_NO_PAD.encode([id.bytes().as_slice(), &secret].concat());
        Tokens {
            invitation: text(home.invitation.id),
            password: text(reset.id),
        }
    }
}

async fn person(app: &TestApp, tenant: &Tenant, part: Part) -> User {
    let mut user = User {
        role: part.role.unwrap_or_default(),
        password_hash: hash(),
        hourly_rate: Some(money(4_000)),
        billing_rate: Some(money(8_000)),
        last_login_at: Some(after_noon(-60)),
        ..sample::user(tenant.organization.id)
    };
    user.refresh();
    let avatar = sample::avatar(&user);
    user.avatar = Some(avatar.id);
    app.seed([user.clone()]).await;
    app.seed([avatar]).await;
    user
}

fn money(amount: i64) -> Money {
    let currency = "EUR".into();
    Money { amount, currency }
}

/// As tokens are stored.
fn hex(secret: &[u8]) -> String {
    use sha2::{Digest, Sha256};
    Sha256::digest(secret)
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect()
}

/// As weak as argon2 makes them: nobody's secret is kept by it.
fn hash() -> String {
    use argon2::password_hash::{PasswordHasher, SaltString};
    use argon2::{Algorithm, Argon2, Params, Version};
    let argon2 = Argon2::new(Algorithm::Argon2id, Version::V0x13, Params::new(8, 1, 1, None).unwrap());
    let salt = SaltString::encode_b64(b"salt for tests").unwrap();
    argon2.hash_password(PASSWORD.as_bytes(), &salt).unwrap().to_string()
}

/// Sets what organisations may have.
async fn dress(app: &TestApp, tenant: &Tenant) {
    let logo = Asset {
        kind: AssetKind::Logo,
        owner: tenant.organization.id,
        ..sample::avatar(&tenant.admin)
    };
    app.seed([logo.clone()]).await;
    change(app, &tenant.organization, |organization: &mut Organization| {
        organization.domain = Some("acme.test".into());
        organization.logo = Some(logo.id);
    })
    .await;
}

/// Sets whatever may be there or not, so that what is null is denied.
async fn fill(app: &TestApp, home: &Home, comment: &Comment) -> Asset {
    let (project, task) = (&home.tenant.project, &home.tenant.task);
    let cover = Asset {
        kind: AssetKind::Cover,
        owner: project.id,
        ..sample::avatar(&home.tenant.admin)
    };
    app.seed([cover.clone()]).await;
    change(app, project, |project: &mut Project| {
        project.description = "All of it.".into();
        project.client = Some(home.client.id);
        project.tags = vec!["web".into()];
        project.start_date = Some(after_noon(-60));
        project.end_date = Some(after_noon(60));
        project.cover = Some(cover.id);
        project.budget = Some(Budget {
            total: 1_000,
            spent: 10,
            currency: "EUR".into(),
        });
    })
    .await;
    change(app, task, |task: &mut Task| {
        task.parent = Some(home.third.id);
        task.former_display_ids = vec![format!("{}.1", sample::number())];
        task.dependencies = vec![home.third.id];
        task.assigned_to = vec![home.member.id];
        task.labels = vec!["web".into()];
        task.story_points = Some(3);
        (task.estimated_minutes, task.actual_minutes) = (Some(60), Some(30));
        (task.start_date, task.due_date) = (Some(after_noon(-60)), Some(after_noon(60)));
        task.completed_at = Some(after_noon(-30));
    })
    .await;
    let borne = sample::custom_role(project.organization);
    app.seed([borne.clone()]).await;
    change(app, &home.member, |member: &mut User| {
        member.custom_role = Some(borne.id);
        (member.hourly_rate, member.billing_rate) = (Some(money(5_000)), Some(money(9_000)));
    })
    .await;
    let answered = sample::comment(task, home.tenant.admin.id);
    app.seed([answered.clone()]).await;
    change(app, comment, |comment: &mut Comment| {
        comment.parent = Some(answered.id);
        comment.mentions = vec![home.member.id];
        comment.edited_at = Some(after_noon(-30));
    })
    .await;
    cover
}

async fn change<E: Entity>(app: &TestApp, entity: &E, how: impl FnOnce(&mut E))
where
    Arc<E>: TryFrom<AnyEntity>,
{
    let before = app.app.store.get::<E>(entity.id()).await.unwrap().unwrap();
    let mut after = E::clone(&before);
    how(&mut after);
    app.app.store.update(&before, after).await.unwrap();
}
