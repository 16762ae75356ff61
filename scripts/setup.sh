#!/usr/bin/env bash
# Make .venv with the pinned libraries: `scripts/setup.sh run` or `scripts/setup.sh dev` (tests and checks too).
# As root on Debian, installs the system packages that are missing; otherwise says which ones, and how.
set -euo pipefail
cd "$(dirname "$0")/.."
kind="${1:-run}"
mkdir -p var/log

say() { printf '%s\n' "$*" >&2; }
can_install() { [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; }

# Install Debian packages; the package lists are refreshed only if the first try fails.
install() {
    say "→ Installation des paquets système : $*"
    export DEBIAN_FRONTEND=noninteractive
    apt-get install -y --no-install-recommends "$@" >var/log/apt.log 2>&1 </dev/null && return
    apt-get update >>var/log/apt.log 2>&1 </dev/null
    apt-get install -y --no-install-recommends "$@" >>var/log/apt.log 2>&1 </dev/null && return
    say "L’installation a échoué ; les détails sont dans var/log/apt.log."
    return 1
}

find_python() {
    local name
    for name in python3 python3.13 python3.12 python3.11 python3.14; do
        "$name" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && { command -v "$name"; return; }
    done
    return 1
}

make_venv() {
    local python
    if ! python=$(find_python); then
        can_install && install python3 python3-venv && python=$(find_python) || {
            say "Il faut Python 3.11 ou plus récent. Sur Debian 12 : sudo apt-get install python3 python3-venv"
            exit 1
        }
    fi
    if ! "$python" -c 'import ensurepip, venv' 2>/dev/null; then
        can_install && install python3-venv || {
            say "Il manque le module venv de Python. Sur Debian : sudo apt-get install python3-venv"
            exit 1
        }
    fi
    say "→ Environnement Python : .venv"
    "$python" -m venv --clear .venv
}

install_libraries() {
    local file=requirements.txt stamp=".venv/installed-$kind" digest
    [ "$kind" = dev ] && file=requirements-dev.txt
    digest=$(cat requirements*.txt | cksum)
    [ -f "$stamp" ] && [ "$(cat "$stamp")" = "$digest" ] && return
    say "→ Installation des bibliothèques Python ($file), une à deux minutes la première fois"
    .venv/bin/python -m pip install --quiet --disable-pip-version-check -r "$file" </dev/null
    echo "$digest" >"$stamp"
}

# WeasyPrint makes the PDF files with Pango, which no Python package brings.
check_pango() {
    .venv/bin/python - <<'PYTHON' && return
import sys
from ctypes import CDLL

names = ["libpango-1.0.so.0", "libpangoft2-1.0.so.0", "libharfbuzz-subset.so.0"]
try:
    [CDLL(name) for name in names if sys.platform == "linux"]
except OSError:
    sys.exit(1)
PYTHON
    local packages="libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0"
    can_install && install $packages && return
    say "Il manque Pango : le portail démarre, mais sans fichiers PDF. Sur Debian : sudo apt-get install $packages"
}

check_chromium() {
    [ -x /usr/bin/chromium ] && return
    can_install && install chromium && return
    say "Il manque Chromium : les tests de navigateur sont laissés de côté. Sur Debian : sudo apt-get install chromium"
}

.venv/bin/python -c 'import pip' 2>/dev/null || make_venv
install_libraries
check_pango
[ "$kind" != dev ] || check_chromium
