# Completion of multiflexi-cli for bash: asks the program itself what may stand where the cursor is.

_multiflexi_cli() {
    local words=() input=() word glue='' candidate current prefix i
    for ((i = 0; i <= COMP_CWORD; i++)); do
        word=${COMP_WORDS[i]}
        # bash parts words at : and =; they are joined again.
        if [[ $i -gt 0 && ($word == [:=] || -n $glue) ]]; then
            words[${#words[@]} - 1]+=$word
            glue=''
            [[ $word == [:=] ]] && glue=1
        else
            words+=("$word")
        fi
    done
    for word in "${words[@]}"; do
        # As it would be without its quotes.
        word=${word#[\"\']}
        word=${word%[\"\']}
        input+=("--input=${word//\\/}")
    done
    current=${input[${#input[@]} - 1]#--input=}
    # bash puts a candidate in the place of what stands behind the last : or =.
    prefix=${current%"${current##*[:=]}"}
    COMPREPLY=()
    while IFS= read -r candidate; do
        [[ -z $candidate ]] && continue
        [[ $candidate == *[=/] ]] && compopt -o nospace 2>/dev/null
        candidate=${candidate#"$prefix"}
        COMPREPLY+=("$(printf '%q' "$candidate")")
    done < <("${COMP_WORDS[0]}" _complete -sbash "-c$((${#words[@]} - 1))" "${input[@]}" 2>/dev/null)
}

complete -F _multiflexi_cli multiflexi-cli
