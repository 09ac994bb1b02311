"""What stays out of the bundle: what PyInstaller finds in Qt and on the building system, and Shoal does not use."""

from __future__ import annotations

import re

from assembly.places import CHECKOUT

UNUSED_MODULES = (
    "tkinter",
    "unittest",
    "pydoc",
    "doctest",
    "pdb",
    "lib2to3",
    "ensurepip",
    "readline",
    "setuptools",
    "pkg_resources",
    "PySide6.QtQml",
    "PySide6.QtQuick",
    "PySide6.QtTest",
    "PySide6.QtSql",
    "PySide6.QtDesigner",
    "PySide6.QtPrintSupport",
)

LANGUAGES = sorted(path.stem for path in (CHECKOUT / "resources" / "translations").glob("*.mo"))
"""Those that Shoal speaks besides English, which is built in; Qt's own words are wanted in them, too."""

_UNUSED = re.compile(
    r"(^|/)(lib)?Qt6?(Qml|Quick|VirtualKeyboard|Pdf|Sql|Test|Designer|PrintSupport|Labs|ShaderTools|Egl|Help|WlShellIntegration)\w*\."
    r"|/plugins/(virtualkeyboard|qmltooling|sqldrivers|printsupport|egldeviceintegrations|designer|generic)/"
    r"|/plugins/platforms/(lib)?q(eglfs|linuxfb|vkkhrdisplay|vnc|minimalegl|direct2d)\b"
    r"|/plugins/wayland-graphics-integration-client/lib(dmabuf|drm-egl|vulkan)-server"
    r"|/plugins/wayland-shell-integration/lib(ivi-shell|fullscreen-shell-v1|wl-shell-plugin)"
    r"|/plugins/platforminputcontexts/(lib)?qtvirtualkeyboard"
    r"|/plugins/imageformats/(lib)?q(gif|icns|pdf|tga|tiff|wbmp|webp)\b"
    r"|opengl32sw\.dll$|d3dcompiler_\d+\.dll$"
)
_TRANSLATION = re.compile(
    r"/(?!(?:qt|qtbase)_(?:" + "|".join(LANGUAGES) + r")\.qm$)\w+\.qm$|/resources/translations/.*\.po$"
)

# The system has them and keeps them up to date, those that belong to its display, fonts and bus, and those that
# decipher what strangers send: the .deb depends on them.
_HOST = re.compile(
    r"(^|/)lib(?:"
    r"X[\w-]+|xcb|xcb-[\w-]+|xkbcommon|xkbcommon-x11|wayland-\w+|GL|GLX|GLdispatch|OpenGL|EGL|drm|gbm"
    r"|glib-2\.0|gobject-2\.0|gio-2\.0|gmodule-2\.0|gthread-2\.0|gdk\w*-[\d.]+|gdk_pixbuf-2\.0|gtk-[\d.-]+"
    r"|atk[\w-]*-[\d.]+|atspi|cairo|cairo-gobject|pango\w*-[\d.]+|pixman-1|epoxy|harfbuzz|graphite2|fribidi|thai|datrie"
    r"|fontconfig|freetype|dbus-1|systemd|cap|gcrypt|gpg-error|lz4|selinux|mount|blkid|pcre2?-?\w*|png16|jpeg|expat"
    r"|bsd|md|brotli\w+|gssapi_krb5|krb5|k5crypto|com_err|krb5support|keyutils|resolv|stdc\+\+|gcc_s|z|zstd|lzma|bz2"
    r"|ssl|crypto|sqlite3|ffi|uuid"
    r")\.so(?:\.|$)"
)


def is_wanted(name: str) -> bool:
    """Whether the file at `name` in the bundle belongs into it."""
    path = name.replace("\\", "/")
    return not (_UNUSED.search(path) or _TRANSLATION.search(path) or _HOST.search(path))
