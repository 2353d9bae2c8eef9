#!/usr/bin/env bash
# The standard set of pictures, made by this program and by npm `sharp` of the same photos in the same run: time, bytes, likeness.
# With the feature libjpeg-turbo, as in the image of a release. Photos come from Debian's wallpaper packages (or the directory
# KANVARO_BENCH_PHOTOS); all is kept below target/sharp.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
root=$(cd "$here/../.." && pwd)
work=$root/target/sharp
photos=${KANVARO_BENCH_PHOTOS:-$work/photos}

get_photos() {
    mkdir -p "$work/packages"
    cd "$work/packages"
    local package
    for package in lomiri-wallpapers-16.04 lomiri-wallpapers-20.04 mate-backgrounds; do
        apt-get download -q "$package" >&2
        dpkg-deb -x "$package"_*.deb "$work/packages/$package"
    done
    mkdir -p "$photos"
    find "$work/packages" -type f \( -name '*.jpg' -o -name '*.jpeg' \) -size +300k -exec cp -t "$photos" {} +
}

# shellcheck source=scripts/jpeg.sh
source "$root/scripts/jpeg.sh"
need_jpeg_tools
[ -d "$photos" ] || get_photos
npm install --silent --prefix "$here" >&2
mkdir -p "$work/ours"
cd "$root"
KANVARO_BENCH_PHOTOS=$photos KANVARO_BENCH_OUTPUT=$work/ours cargo bench --quiet --features libjpeg-turbo --bench image_variants | tee "$work/ours.jsonl" >&2
for way in product best; do
    node "$here/variants.mjs" "$way" "$photos" "$work/$way" | tee "$work/$way.jsonl" >&2
    echo "== against sharp, $way"
    node "$here/judge.mjs" "$photos" "$work/ours" "$work/ours.jsonl" "$work/$way" "$work/$way.jsonl"
done
