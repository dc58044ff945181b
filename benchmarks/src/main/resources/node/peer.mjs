// A peer's own process: it reads a command a line from its standard input and answers each with a line that begins with "@".
// The first such lines are its configuration and the query that tells when it is done.
import { createInterface } from "node:readline";

const { open } = await import(`./${process.argv[2]}.mjs`);
const peer = await open();
const answer = (text) => process.stdout.write(`@${text}\n`);
answer(peer.configuration);
answer(peer.isDone);
for await (const line of createInterface({ input: process.stdin })) {
  const [command, ...numbers] = line.split(" ");
  if (command === "quit") break;
  try {
    await peer[command](...numbers.map(Number));
    answer("ok");
  } catch (error) {
    console.error(error);
    answer(`failed ${String(error.message).replace(/\s+/g, " ")}`);
  }
}
process.exit(0);
