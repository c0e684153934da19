#!/usr/bin/env bash
# Checks SARIF files with Microsoft's validator, by the rules of the standard and of GitHub code scanning:
#
#     .ci/validate-sarif.sh [FOLDER] FILE.sarif...
#
# The validator (100 MB, Linux only) is installed into FOLDER, or found there; it must lie outside the repository. Without
# one a temporary folder is used and removed at the end. Exits 1 where a file has an error or a warning, 2 where it cannot be
# checked.
set -euo pipefail

package=@microsoft/sarif-multitool-linux
version=5.7.0
# These rules fetch every URI, and ask for a copy of each reviewed file inside the log.
disabled=(SARIF2006.UrisShouldBeReachable SARIF2013.ProvideEmbeddedFileContent)

fail() {
  echo "validate-sarif: $1" >&2
  exit 2
}

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

cache="$work/tool"
if [[ $# -gt 0 && "$1" != *.sarif ]]; then
  cache=$1
  shift
fi
[[ $# -gt 0 ]] || fail 'name the SARIF files to check'

cache=$(realpath --canonicalize-missing "$cache")
repository=$(realpath "$(dirname "${BASH_SOURCE[0]}")/..")
[[ "$cache/" != "$repository"/* ]] || fail "the cache $cache lies inside the repository"
mkdir -p "$cache"

tool="$cache/node_modules/$package"
installed=$(node -p 'require(process.argv[1]).version' "$tool/package.json" 2>/dev/null || true)
if [[ "$installed" != "$version" ]]; then
  npm install --prefix "$cache" --no-package-lock --no-save --no-audit --no-fund --ignore-scripts --loglevel error \
    "$package@$version" >&2
fi
# npm runs no install scripts of dependencies, so this is not done yet. The package's own launcher is not used: it hands
# its arguments to a shell, which cuts the command at the semicolon of --rule-kind.
validator="$tool/Sarif.Multitool"
chmod u+x "$validator"

config="$work/config.xml"
"$validator" export-validation-config "$config" >"$work/log" || fail "no configuration: $(cat "$work/log")"
for rule in "${disabled[@]}"; do
  grep -q "Key=\"$rule.Options\"" "$config" || fail "the validator has no rule $rule"
  sed -i "/Key=\"$rule.Options\"/,/<\/Properties>/s/\(Key=\"RuleEnabled\" Value=\)\"[^\"]*\"/\1\"Disabled\"/" "$config"
done

failed=0
for file in "$@"; do
  [[ -f "$file" ]] || fail "there is no file $file"
  result="$work/result.sarif"
  rm -f "$result"
  # The exit code says nothing: it is 0 for errors as well.
  "$validator" validate "$file" --rule-kind 'Sarif;Ghas' --level 'Error;Warning;Note' --config "$config" \
    --output "$result" --log ForceOverwrite >"$work/log" 2>&1 || true
  [[ -s "$result" ]] || fail "the validator wrote nothing for $file: $(cat "$work/log")"
  node - "$file" "$result" <<'JS' || failed=1
const [file, path] = process.argv.slice(2)
const log = JSON.parse(require('node:fs').readFileSync(path, 'utf8').replace(/^\ufeff/, ''))
const run = log.runs[0]
const rules = run.tool.driver.rules ?? []
const found = (run.results ?? []).map(result => {
  const rule = rules[result.ruleIndex] ?? rules.find(({ id }) => id === result.ruleId)
  const { text, id, arguments: values = [] } = result.message
  const template = text ?? rule?.messageStrings?.[id]?.text ?? id
  return {
    // What is left out has its default, which is not "note".
    level: result.level ?? rule?.defaultConfiguration?.level ?? 'warning',
    name: `${result.ruleId} ${rule?.name ?? ''}`.trim(),
    message: template.replaceAll(/\{(\d+)\}/g, (all, i) => values[i] ?? all),
  }
})
// Where the file itself could not be read, that is not a result but a notification.
for (const invocation of run.invocations ?? []) {
  for (const list of [invocation.toolExecutionNotifications, invocation.toolConfigurationNotifications]) {
    for (const { level = 'warning', message, descriptor } of list ?? []) {
      const name = descriptor?.id ?? 'notification'
      // Said about each rule that is switched off above.
      if (name !== 'WRN999.RuleExplicitlyDisabled') found.push({ level, name, message: message.text ?? message.id })
    }
  }
}
const bad = found.filter(({ level }) => level === 'error' || level === 'warning')
for (const { level, name, message } of bad) console.log(`${file}: ${level} ${name}: ${message}`)
const notes = new Map()
for (const { level, name } of found) if (level === 'note') notes.set(name, (notes.get(name) ?? 0) + 1)
for (const [name, count] of notes) console.log(`${file}: note ${name} (${count})`)
console.log(`${file}: ${bad.length === 0 ? 'valid' : `${bad.length} errors and warnings`}`)
process.exitCode = bad.length === 0 ? 0 : 1
JS
done
exit "$failed"
