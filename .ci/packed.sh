#!/usr/bin/env bash
# Packs the package, installs it into an empty folder and uses it there as a stranger would.
# usage: packed.sh <folder that does not exist yet>
set -euo pipefail
target=$1
mkdir -p "$target/project"
npm pack --silent --pack-destination "$target" > "$target/name.txt"
cd "$target/project"
npm init --yes > /dev/null
npm install --silent --no-fund --no-audit "../$(tail -n 1 ../name.txt)"

cat > scaffold.yaml << 'YAML'
version: 1
journeys:
  checkout: { entry: web, criticality: critical }
services:
  web:
    replicas: 3
    calls: [{ to: orders, timeout: none }]
  orders: { replicas: 3 }
YAML

fail() { echo "packed: $*" >&2; exit 1; }

code=0; npx scaffold-review > out.txt || code=$?
[ "$code" -eq 1 ] || fail "expected exit 1, got $code"
grep -q 'error\[call-without-timeout\]' out.txt || fail 'the finding is missing'
npx scaffold-review --version > /dev/null
npx scaffold-review explain call-without-timeout | grep -q '^# call-without-timeout' || fail 'explain'
code=0; npx scaffold-review no-such-file.yaml > /dev/null || code=$?
[ "$code" -eq 2 ] || fail "expected exit 2 for a missing file, got $code"

cat > use.mjs << 'JS'
import { ManifestFiles, Source, review, rules } from 'scaffold-review'
const report = review(new ManifestFiles([new Source('a.yaml', 'services: { web: {} }')]), rules)
if (report.verdict !== 'incomplete') throw new Error(report.verdict)
JS
node use.mjs || fail 'the library'
node -e "require('scaffold-review/schemas/manifest.schema.json')" || fail 'the schema'

cat > rule.mjs << 'JS'
import { defineRule, noOptions } from 'scaffold-review'
export default defineRule({
  id: 'our/named', title: 'A short name', severity: 'error', question: 'alerting', on: 'service', options: noOptions,
  why: 'It is read at night.', fix: 'Choose a longer name', sources: [], reads: [],
  *check(service) {
    if (service.name.length < 4) yield { at: service.path, message: `"${service.name}" is short` }
  },
  examples: [
    { title: 'short', bad: 'services:\n  web: {} # <--\n' },
    { title: 'long', good: 'services: { orders: {} }\n' },
  ],
})
JS
cat > .scaffold-review.yaml << 'YAML'
plugins: ./rule.mjs
policies:
  - id: our/calls-give-up
    on: call
    require: { properties: { timeout: { type: number } } }
    message: '"{name}" waits for ever; expected a timeout'
    question: partial-failure
    why: Our users do not.
    fix: Set a timeout
    examples:
      - { bad: 'services: { a: { calls: [{ to: b, timeout: none }] }, b: {} }' }
      - { good: 'services: { a: { calls: [{ to: b, timeout: 1s }] }, b: {} }' }
YAML
code=0; npx scaffold-review > out.txt 2> err.txt || code=$?
[ "$code" -eq 2 ] && [ ! -s out.txt ] && grep -q -- '--allow-plugins' err.txt || fail 'a plugin that nobody allowed'
npx scaffold-review rules --test --allow-plugins | grep -q '^ok      our/named' || fail 'rules --test'
npx scaffold-review --allow-plugins --exit-zero > out.txt
grep -q 'error\[our/named\] "web" is short' out.txt || fail 'a plugin'
grep -q '\[our/calls-give-up\] "web -> orders" waits for ever' out.txt || fail 'a policy'

# Parts that are read only when asked for: evidence with its parsers, importing, simulating.
rm .scaffold-review.yaml
shop=node_modules/scaffold-review/examples/web-shop/scaffold.yaml
npx scaffold-review "$shop" > out.txt || fail 'the good example'
grep -q '^Evidence: [0-9]* claims confirmed' out.txt || fail 'evidence'
npx scaffold-review drift "$shop" | grep -q ' 0 different' || fail 'drift'
cat > compose.yaml << 'YAML'
services:
  web: { image: example.org/web, environment: { DB_URL: 'postgres://db:5432/shop' } }
  db: { image: 'postgres:16' }
YAML
npx scaffold-review import compose compose.yaml 2> err.txt | grep -q 'to: db' || fail 'import'
npx scaffold-review simulate "$shop" --assume --duration 10s | grep -q '^Simulated ' || fail 'simulate'
echo 'packed: ok'
