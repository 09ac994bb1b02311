"""What kind of thing a transfer is, by its largest file: the icon of its tile."""

from __future__ import annotations

_KINDS: dict[str, str] = {
    "video": "mkv mp4 avi mov webm m4v mpg mpeg wmv ogv ts m2ts flv 3gp vob",
    "audio": "flac mp3 ogg opus wav m4a aac wma aif aiff alac ape",
    "disc": "iso img dmg qcow2 vdi vmdk bin nrg",
    "book": "pdf epub mobi azw3 djvu txt md zim cbz cbr doc docx odt html",
    "image": "jpg jpeg png gif webp svg tif tiff raw bmp heic avif",
    "archive": "zip 7z rar tar gz xz bz2 zst lz4 tgz",
    "program": "exe msi deb rpm appimage apk jar whl flatpak",
    "map": "pbf osm mbtiles gpx kml shp",
}
_BY_SUFFIX = {suffix: kind for kind, suffixes in _KINDS.items() for suffix in suffixes.split()}


def kind_of(file_name: str) -> str:
    """The icon name for a file: one of video, audio, disc, book, image, archive, program, map, else file."""
    return _BY_SUFFIX.get(file_name.rpartition(".")[2].lower(), "file") if "." in file_name else "file"
