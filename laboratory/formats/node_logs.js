// Writes with pino and bunyan what standard input asks for: node node_logs.js pino|bunyan < asked.jsonl
// Versions: pino 10.4, bunyan 2.0.5 (`npm install pino bunyan` beside this file's copy).
const lines = require("fs").readFileSync(0, "utf8").trim().split("\n").map((line) => JSON.parse(line));
const library = process.argv[2];
let now = 0;
Date.now = () => now;

function fault(name) {
  if (name === "typed") return new TypeError("x is not a function");
  const cause = new RangeError("out of range");
  return new Error('failed "twice"\nin two lines', { cause });
}

if (library === "pino") {
  const pino = require("pino");
  const to = { write: (line) => process.stdout.write(line) };
  const root = pino({ level: "trace", base: { pid: 4711, hostname: "host" } }, to);
  for (const each of lines) {
    now = each.ms;
    const log = root.child({ name: each.logger });
    const fields = { ...each.fields, ...(each.fault ? { err: fault(each.fault) } : {}) };
    log[each.word](fields, each.message);
  }
} else {
  const bunyan = require("bunyan");
  const root = bunyan.createLogger({
    name: "bot", hostname: "host", level: "trace", serializers: bunyan.stdSerializers,
  });
  for (const each of lines) {
    const fields = { ...each.fields, time: new Date(each.ms), pid: 4711 };
    if (each.fault) fields.err = fault(each.fault);
    root[each.word](fields, "%s", each.message);
  }
}
