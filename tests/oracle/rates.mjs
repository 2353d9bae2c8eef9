// What an hour of somebody is worth.
import { Refusal, changes, expect, needs, save } from "./changes.mjs";
import { notFound } from "./errors.mjs";
import { parseId } from "./ids.mjs";

const MOST_RATE = 100_000_000_000;

export const setUserRates = changes((input, { world, viewer }) => {
  const user = viewer.find("User", parseId("userId", "User", input.userId));
  if (!user) throw notFound("User");
  needs(viewer, "user:update");
  expect(user, input);
  const after = {};
  for (const field of ["hourlyRate", "billingRate"]) {
    if (field in input) after[field] = input[field] && rate(field, input[field]);
  }
  return { user: save(world, user, after) };
});

function rate(field, { amount, currency }) {
  if (amount < 0 || amount > MOST_RATE) {
    throw new Refusal({}, `${field}.amount`, "OUT_OF_RANGE", `is ${amount}; from 0 to ${MOST_RATE} is allowed`);
  }
  return { amount, currency };
}
