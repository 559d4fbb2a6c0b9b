#!/usr/bin/env bash
# Tests need Debian's Chromium, and the libraries that draw PDFs. Installs what is missing when that is possible, else says what to install.
set -eu
missing=()
found=""
for name in chromium chromium-browser google-chrome; do
  if command -v "$name" >/dev/null; then found="$name"; fi
done
if [ -z "$found" ]; then missing+=(chromium); fi
for library in libpangoft2-1.0.so.0:libpangoft2-1.0-0 libharfbuzz-subset.so.0:libharfbuzz-subset0; do
  if ! python3 -c "import ctypes; ctypes.CDLL('${library%%:*}')" 2>/dev/null; then missing+=("${library##*:}"); fi
done
if [ ${#missing[@]} -eq 0 ]; then exit 0; fi
if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
  echo "Installing ${missing[*]} for the tests"
  export DEBIAN_FRONTEND=noninteractive
  apt-get update -qq >/dev/null
  apt-get install -y -qq --no-install-recommends "${missing[@]}" >/dev/null
  exit 0
fi
echo "The tests need the packages ${missing[*]}: install them (apt-get install ${missing[*]}) and run make test again." >&2
exit 1
