// What of the demo data the tests work with, asked for without any client.

export const PROJECTS = "query Projects { projects(first: 20) { nodes { id name } } }";

export const COLUMNS = `
  query Columns($id: ID!) {
    board(projectId: $id) { columns { key category count tasks(first: 100) { id title } } }
  }
`;

/** A project with a long list of tasks and a card in one of its columns, for whoever the wire is signed in as. */
export async function world(wire) {
  const asker = wire.anew();
  const { data } = await asker.send({ query: PROJECTS });
  for (const project of data.projects.nodes) {
    const { board } = (await asker.send({ query: COLUMNS, variables: { id: project.id } })).data;
    const total = board.columns.reduce((sum, column) => sum + column.count, 0);
    const from = board.columns.find((column) => column.category === "ACTIVE" && column.tasks.length > 1);
    const to = board.columns.find((column) => column.category === "DONE");
    if (total >= 20 && from && to) return { project, from: from.key, to: to.key, card: from.tasks[0] };
  }
  throw new Error("no project of the demo data has what the tests need");
}
