# Completion for fish: andwait completion fish | source, or this file in ~/.config/fish/completions.
function __andwait_complete
    set -l words (commandline -opc)
    set -l current (commandline -ct)
    # The first line says whether files could stand here, the others are a value, a tab, and what it is.
    set -l lines (command andwait __complete fish $words[2..] "$current" 2>/dev/null)
    test (count $lines) -gt 1; and printf '%s\n' $lines[2..]
    test "$lines[1]" = files; and __fish_complete_path "$current"
end
complete -c andwait -f -k -a '(__andwait_complete)'
