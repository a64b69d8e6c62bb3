# What the scripts of this folder have in common; they source it.
set -euo pipefail
umask 022
export LC_ALL=C TZ=UTC

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
version=$(sed -n 's/.*number = "\(.*\)"/\1/p' "$root/Sources/Compilation/ProductVersion.swift")

# Every time that is written into a package is that of the commit, so that two builds of one commit can be the same bytes.
SOURCE_DATE_EPOCH=$(git -C "$root" log -1 --format=%ct)
export SOURCE_DATE_EPOCH

say() { printf 'package: %s\n' "$*" >&2; }

stop() {
  say "$@"
  exit 1
}
