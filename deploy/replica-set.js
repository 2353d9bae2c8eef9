// Makes the replica set of compose.yaml, unless it is there, and waits for its primary. Run by mongosh.
const members = ["mongo-1", "mongo-2", "mongo-3"].map((host, at) => ({ _id: at, host: `${host}:27017` }));
const ALREADY_INITIALIZED = 23;
try {
  rs.initiate({ _id: "rs0", members });
} catch (error) {
  if (error.code !== ALREADY_INITIALIZED) throw error;
}
const end = Date.now() + 60_000;
while (!rs.status().members.some((member) => member.stateStr === "PRIMARY")) {
  if (Date.now() > end) throw new Error("the replica set has no primary");
  sleep(500);
}
