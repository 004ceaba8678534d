// validate.mjs NODE_FOLDER SCHEMA FILE...: documents (.json) and lines (.jsonl) against a JSON Schema, by ajv in its strict mode, formats checked.
// NODE_FOLDER is where ajv and ajv-formats are installed.
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { resolve } from "node:path";

const [folder, schemaPath, ...files] = process.argv.slice(2);
const require = createRequire(resolve(folder, "package.json"));
const Ajv = require("ajv/dist/2020").default;
const addFormats = require("ajv-formats").default;

const ajv = new Ajv({ strict: true, allErrors: true });
addFormats(ajv);
const validate = ajv.compile(JSON.parse(readFileSync(schemaPath, "utf8")));
let count = 0;
let faults = 0;
for (const file of files) {
  const text = readFileSync(file, "utf8");
  const records = file.endsWith(".jsonl") ? text.split("\n").slice(0, -1) : [text];
  records.forEach((record, index) => {
    count += 1;
    if (!validate(JSON.parse(record))) {
      faults += 1;
      console.log(`${file}:${index + 1}: ${ajv.errorsText(validate.errors)}`);
    }
  });
}
console.log(`${count} records, ${faults} faults`);
process.exit(faults || !count ? 1 : 0);
