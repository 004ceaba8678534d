#!/usr/bin/env python3
"""validate.py SCHEMA FILE...: documents (.json) and lines (.jsonl) against a JSON Schema, formats checked, by Python's jsonschema."""
import json
import sys

import jsonschema

schema = json.load(open(sys.argv[1], encoding="utf-8"))
jsonschema.Draft202012Validator.check_schema(schema)
validator = jsonschema.Draft202012Validator(schema, format_checker=jsonschema.Draft202012Validator.FORMAT_CHECKER)
count = faults = 0
for path in sys.argv[2:]:
    with open(path, encoding="utf-8") as file:
        texts = file.read().split("\n")[:-1] if path.endswith(".jsonl") else [file.read()]
    for number, text in enumerate(texts, 1):
        count += 1
        for error in validator.iter_errors(json.loads(text)):
            faults += 1
            print("%s:%d: %s: %s" % (path, number, error.json_path, error.message[:300]))
print("%d records, %d faults" % (count, faults))
sys.exit(1 if faults or not count else 0)
