# Completion for bash, the 3.2 of macOS too: source <(andwait completion bash), or this file in a folder of bash-completion.
# It asks the program on PATH, never the one named in the line: ./andwait may be anybody's.
_andwait() {
  local kind= line
  COMPREPLY=()
  while IFS= read -r line; do
    # The first line says whether files could stand here, the others go into the line as they are.
    if [ -z "$kind" ]; then kind=$line; else COMPREPLY+=("$line"); fi
  done < <(command andwait __complete bash "${COMP_WORDS[@]:0:COMP_CWORD+1}" 2>/dev/null)
  if [ "$kind" != files ]; then
    compopt +o default 2>/dev/null || :
  elif [ "${#COMPREPLY[@]}" -gt 0 ]; then
    # Where there are candidates bash offers no files by itself.
    while IFS= read -r line; do
      if [ -d "$line" ]; then line=$line/; fi
      COMPREPLY+=("$(printf %q "$line")")
    done < <(compgen -f -- "${COMP_WORDS[COMP_CWORD]}")
    case ${COMPREPLY[0]} in */) compopt -o nospace 2>/dev/null || : ;; esac
  fi
}
complete -o default -F _andwait andwait
