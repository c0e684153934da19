#!/usr/bin/env bash
# Reads what the program writes with parsers that we did not write: xmllint, with the schema of Jenkins where it lies beside the
# clone, and GitHub's own parser of Markdown. Both are Debian packages, which are installed where they are missing and may be.
#
#     .ci/judge-formats.sh MANIFEST...
#
# Exits 1 where one of them refuses a file, or sees in it what the program did not mean.
set -euo pipefail
cd "$(dirname "$0")/.."

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

fail() {
  echo "judge-formats: $1" >&2
  exit 1
}

have() { command -v xmllint >/dev/null && command -v cmark-gfm >/dev/null; }
if ! have && [[ $(id -u) -eq 0 ]] && command -v apt-get >/dev/null; then
  export DEBIAN_FRONTEND=noninteractive
  { apt-get update -qq && apt-get install -y -qq --no-install-recommends libxml2-utils cmark-gfm; } >"$work/log" 2>&1 ||
    cat "$work/log" >&2
fi
have || fail 'needs xmllint and cmark-gfm (Debian: libxml2-utils and cmark-gfm)'

schema=../shared/schemas/junit-10.xsd
[[ -f "$schema" ]] || echo "judge-formats: there is no $schema, so JUnit is only parsed"

review() { node dist/bin/scaffold-review.cjs "$1" --exit-zero --no-ci-detect --format "$2" >"$3" || [[ $? -eq 2 ]]; }

for manifest in "$@"; do
  review "$manifest" junit "$work/junit.xml"
  if [[ -f "$schema" ]]; then
    xmllint --noout --schema "$schema" "$work/junit.xml" 2>"$work/log" || fail "$manifest: junit: $(cat "$work/log")"
  else
    xmllint --noout "$work/junit.xml"
  fi

  review "$manifest" checkstyle "$work/checkstyle.xml"
  strange=$(xmllint --xpath 'count(//*[not(self::checkstyle or self::file or self::error)]) + count(//text()[normalize-space()])' \
    "$work/checkstyle.xml")
  [[ "$strange" == 0 ]] || fail "$manifest: checkstyle: $strange nodes that do not belong there"

  # Nothing of a manifest may become a link, a picture, emphasis or HTML; the HTML that is left is the report's own.
  review "$manifest" markdown "$work/review.md"
  cmark-gfm --extension table --extension strikethrough --extension autolink --extension tagfilter --to xml "$work/review.md" \
    >"$work/review.xml"
  for node in link image emph strikethrough html_inline footnote_reference; do
    if grep -q "<$node[ />]" "$work/review.xml"; then fail "$manifest: markdown: a $node"; fi
  done
  own='<!-- scaffold-review -->|<details><summary>[A-Za-z0-9 ,]+</summary>|</details>'
  own=$(sed 's/</\&lt;/g; s/>/\&gt;/g' <<<"$own")
  html=$(xmllint --xpath '//*[local-name()="html_block"]/text()' "$work/review.xml" | grep -vE "^($own)?$" || true)
  [[ -z "$html" ]] || fail "$manifest: markdown: HTML that is not the report's: $html"
done
echo "judge-formats: $# manifests, all formats as they should be"
