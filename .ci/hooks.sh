#!/usr/bin/env bash
# What others paste into their CI: the action by its schema, and the hook run by pre-commit as it would run there. The tests
# check the rest. Skips, saying so, where a tool cannot be had.
# usage: hooks.sh <folder that does not exist yet>
set -euo pipefail
target=$1
here=$PWD
mkdir -p "$target"

npx --yes --package @action-validator/core@0.6.0 --package @action-validator/cli@0.6.0 -- action-validator action.yml
for workflow in examples/ci/github-*.yml; do
  npx --yes --package @action-validator/core@0.6.0 --package @action-validator/cli@0.6.0 -- action-validator "$workflow"
done
echo 'action and workflows: ok'

if ! command -v pre-commit > /dev/null; then
  echo 'pre-commit: skipped, as it is not here'
  exit 0
fi

# A repository with one good manifest and one bad one. The hook's own repository is a clone of what is committed here.
export PRE_COMMIT_HOME=$target/cache
git clone --quiet "$here" "$target/hooks"
mkdir "$target/project"
cd "$target/project"
git init --quiet
cp -R "$here"/examples/web-shop/. .
mkdir naive
cp "$here/examples/web-shop-naive/scaffold.yaml" naive/
cat > .pre-commit-config.yaml << YAML
repos:
  - repo: $target/hooks
    rev: $(git -C "$target/hooks" rev-parse HEAD)
    hooks: [{ id: scaffold-review }]
YAML
git add --all
hook() { pre-commit run scaffold-review --verbose --color never --files "$@"; }

hook scaffold.yaml > good.log 2>&1 || { cat good.log; echo 'pre-commit: the good manifest failed' >&2; exit 1; }
grep -q 'Passed' good.log
if hook naive/scaffold.yaml > bad.log 2>&1; then echo 'pre-commit: the bad manifest passed' >&2; exit 1; fi
grep -q 'error\[timeout-inversion\]' bad.log || { cat bad.log; exit 1; }
hook platform.yaml > part.log 2>&1
grep -q 'no files to check' part.log || { cat part.log; echo 'pre-commit: a part was taken for a manifest' >&2; exit 1; }
echo 'pre-commit: ok'
