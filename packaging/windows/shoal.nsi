; Installs Shoal for one user, without an administrator. makensis gets: VERSION, SIZE_KIB, ICON, LICENCE, OUTPUT,
; and FILES, a script made from the bundle with the macros InstallFiles and RemoveFiles.
Unicode true
ManifestDPIAware true
SetCompressor /SOLID lzma
RequestExecutionLevel user

!include MUI2.nsh
!include "${FILES}"

!define CLASSES "Software\Classes"
!define CAPABILITIES "Software\Shoal\Capabilities"
!define UNINSTALL "Software\Microsoft\Windows\CurrentVersion\Uninstall\Shoal"
!define PROGRAM "$INSTDIR\shoal.exe"
!define COMMAND '"${PROGRAM}" "%1"'

Name "Shoal"
OutFile "${OUTPUT}"
InstallDir "$LOCALAPPDATA\Programs\Shoal"
InstallDirRegKey HKCU "Software\Shoal" "Folder"
BrandingText "Shoal ${VERSION}"
VIProductVersion "${VERSION}.0"
VIAddVersionKey ProductName "Shoal"
VIAddVersionKey ProductVersion "${VERSION}"
VIAddVersionKey FileVersion "${VERSION}"
VIAddVersionKey FileDescription "Shoal installer"
VIAddVersionKey LegalCopyright "MIT licence, the Shoal developers"

!define MUI_ICON "${ICON}"
!define MUI_UNICON "${ICON}"
!define MUI_FINISHPAGE_RUN "${PROGRAM}"
!insertmacro MUI_PAGE_WELCOME
!insertmacro MUI_PAGE_LICENSE "${LICENCE}"
!insertmacro MUI_PAGE_DIRECTORY
!insertmacro MUI_PAGE_INSTFILES
!insertmacro MUI_PAGE_FINISH
!insertmacro MUI_UNPAGE_CONFIRM
!insertmacro MUI_UNPAGE_INSTFILES
!insertmacro MUI_LANGUAGE "English"
!insertmacro MUI_LANGUAGE "German"
!insertmacro MUI_LANGUAGE "Spanish"
!insertmacro MUI_LANGUAGE "French"

LangString StillRuns ${LANG_ENGLISH} "Shoal is running. Quit it first, then try again."
LangString StillRuns ${LANG_GERMAN} "Shoal läuft noch. Beenden Sie es und versuchen Sie es noch einmal."
LangString StillRuns ${LANG_SPANISH} "Shoal está abierto. Ciérrelo y vuelva a intentarlo."
LangString StillRuns ${LANG_FRENCH} "Shoal est ouvert. Quittez-le, puis réessayez."

; The file of a running program cannot be opened for writing.
!macro RefuseWhileRunning
  again:
  IfFileExists "${PROGRAM}" 0 free
  ClearErrors
  FileOpen $0 "${PROGRAM}" a
  IfErrors 0 close
  MessageBox MB_RETRYCANCEL|MB_ICONEXCLAMATION "$(StillRuns)" /SD IDCANCEL IDRETRY again
  SetErrorLevel 2
  Abort
  close:
  FileClose $0
  free:
!macroend

!macro TellExplorer
  ; SHCNE_ASSOCCHANGED, SHCNF_IDLIST
  System::Call 'shell32::SHChangeNotify(i 0x08000000, i 0, p 0, p 0)'
!macroend

Section "Shoal"
  !insertmacro RefuseWhileRunning
  ; What an older version had and this one has not goes first.
  IfFileExists "$INSTDIR\uninstall.exe" 0 +2
  ExecWait '"$INSTDIR\uninstall.exe" /S _?=$INSTDIR'
  !insertmacro InstallFiles
  SetOutPath "$INSTDIR"
  WriteUninstaller "$INSTDIR\uninstall.exe"
  CreateShortcut "$SMPROGRAMS\Shoal.lnk" "${PROGRAM}"
  WriteRegStr HKCU "Software\Shoal" "Folder" "$INSTDIR"

  WriteRegStr HKCU "${CLASSES}\Shoal.torrent" "" "BitTorrent file"
  WriteRegStr HKCU "${CLASSES}\Shoal.torrent\DefaultIcon" "" "${PROGRAM},0"
  WriteRegStr HKCU "${CLASSES}\Shoal.torrent\shell\open\command" "" '${COMMAND}'
  WriteRegStr HKCU "${CLASSES}\.torrent\OpenWithProgids" "Shoal.torrent" ""
  WriteRegStr HKCU "${CLASSES}\Shoal.magnet" "" "Magnet link"
  WriteRegStr HKCU "${CLASSES}\Shoal.magnet" "URL Protocol" ""
  WriteRegStr HKCU "${CLASSES}\Shoal.magnet\DefaultIcon" "" "${PROGRAM},0"
  WriteRegStr HKCU "${CLASSES}\Shoal.magnet\shell\open\command" "" '${COMMAND}'
  ; The scheme itself must exist before Windows offers anybody for it; another program's entry is left alone.
  ClearErrors
  ReadRegStr $0 HKCU "${CLASSES}\magnet\shell\open\command" ""
  IfErrors 0 schemeIsThere
  WriteRegStr HKCU "${CLASSES}\magnet" "" "URL:Magnet URI"
  WriteRegStr HKCU "${CLASSES}\magnet" "URL Protocol" ""
  WriteRegStr HKCU "${CLASSES}\magnet\DefaultIcon" "" "${PROGRAM},0"
  WriteRegStr HKCU "${CLASSES}\magnet\shell\open\command" "" '${COMMAND}'
  schemeIsThere:
  WriteRegStr HKCU "${CAPABILITIES}" "ApplicationName" "Shoal"
  WriteRegStr HKCU "${CAPABILITIES}" "ApplicationDescription" "Download and share files with BitTorrent"
  WriteRegStr HKCU "${CAPABILITIES}\FileAssociations" ".torrent" "Shoal.torrent"
  WriteRegStr HKCU "${CAPABILITIES}\UrlAssociations" "magnet" "Shoal.magnet"
  WriteRegStr HKCU "Software\RegisteredApplications" "Shoal" "${CAPABILITIES}"

  WriteRegStr HKCU "${UNINSTALL}" "DisplayName" "Shoal"
  WriteRegStr HKCU "${UNINSTALL}" "DisplayVersion" "${VERSION}"
  WriteRegStr HKCU "${UNINSTALL}" "DisplayIcon" "${PROGRAM},0"
  WriteRegStr HKCU "${UNINSTALL}" "Publisher" "The Shoal developers"
  WriteRegStr HKCU "${UNINSTALL}" "InstallLocation" "$INSTDIR"
  WriteRegStr HKCU "${UNINSTALL}" "UninstallString" '"$INSTDIR\uninstall.exe"'
  WriteRegStr HKCU "${UNINSTALL}" "QuietUninstallString" '"$INSTDIR\uninstall.exe" /S'
  WriteRegDWORD HKCU "${UNINSTALL}" "EstimatedSize" ${SIZE_KIB}
  WriteRegDWORD HKCU "${UNINSTALL}" "NoModify" 1
  WriteRegDWORD HKCU "${UNINSTALL}" "NoRepair" 1
  !insertmacro TellExplorer
SectionEnd

Section "Uninstall"
  !insertmacro RefuseWhileRunning
  ; Only what was installed: the folder may be one that holds other things, too.
  !insertmacro RemoveFiles
  Delete "$INSTDIR\uninstall.exe"
  SetOutPath "$TEMP"
  RMDir "$INSTDIR"
  Delete "$SMPROGRAMS\Shoal.lnk"

  DeleteRegKey HKCU "${CLASSES}\Shoal.torrent"
  DeleteRegKey HKCU "${CLASSES}\Shoal.magnet"
  DeleteRegValue HKCU "${CLASSES}\.torrent\OpenWithProgids" "Shoal.torrent"
  DeleteRegKey /ifempty HKCU "${CLASSES}\.torrent\OpenWithProgids"
  DeleteRegKey /ifempty HKCU "${CLASSES}\.torrent"
  ReadRegStr $0 HKCU "${CLASSES}\magnet\shell\open\command" ""
  StrCmp $0 '${COMMAND}' 0 schemeIsNotOurs
  DeleteRegKey HKCU "${CLASSES}\magnet"
  schemeIsNotOurs:
  DeleteRegValue HKCU "Software\RegisteredApplications" "Shoal"
  DeleteRegKey HKCU "Software\Shoal"
  DeleteRegKey HKCU "${UNINSTALL}"
  !insertmacro TellExplorer
SectionEnd
