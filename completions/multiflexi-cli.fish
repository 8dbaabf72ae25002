# Completion of multiflexi-cli for fish: asks the program itself what may stand where the cursor is.

function __multiflexi_cli_complete
    set -l words (commandline -opc)
    set -l input
    for word in $words (commandline -ct)
        set -a input "--input="(string unescape -- $word; or echo -- $word)
    end
    $words[1] _complete -sfish -c(count $words) $input 2>/dev/null
end

complete -c multiflexi-cli -f -k -a '(__multiflexi_cli_complete)'
