# Completion of multiflexi-cli for bash: asks the program itself what may stand where the cursor is.

# A word as it would be without its quotes, in `plain`. Where a quote is open, it is in `quote`, and what stands before it in `before`.
_multiflexi_cli_unquote() {
    local i char
    plain='' quote='' before=''
    for ((i = 0; i < ${#1}; i++)); do
        char=${1:i:1}
        if [[ -z $quote && $char == [\"\'] ]]; then
            quote=$char before=$plain
        elif [[ -n $quote && $char == "$quote" ]]; then
            quote=''
        elif [[ $char == \\ && $quote != \' && (-z $quote || ${1:i+1:1} == [\\\"\$\`]) ]]; then
            i=$((i + 1)) plain+=${1:i:1}
        else
            plain+=$char
        fi
    done
}

_multiflexi_cli() {
    local words=() input=() abouts=() word glue='' candidate about prefix plain quote before width=0 i
    for ((i = 0; i <= COMP_CWORD; i++)); do
        word=${COMP_WORDS[i]}
        # bash parts words at : and =; they are joined again.
        if [[ $i -gt 0 && ($word == [:=] || -n $glue) ]]; then
            # bash puts a candidate in the place of what stands behind the last of them.
            prefix=${words[${#words[@]} - 1]} glue=''
            [[ $word == [:=] ]] && prefix+=$word glue=1
            words[${#words[@]} - 1]+=$word
        else
            words+=("$word")
            prefix=''
        fi
    done
    _multiflexi_cli_unquote "$prefix"
    prefix=$plain
    for word in "${words[@]}"; do
        _multiflexi_cli_unquote "$word"
        input+=("--input=$plain")
    done
    # Within a quote, in the place of what stands behind that.
    [[ -n $quote ]] && prefix=$before
    COMPREPLY=()
    while IFS=$'\t' read -r candidate about; do
        [[ -z $candidate ]] && continue
        [[ $candidate == *[=/] ]] && compopt -o nospace 2>/dev/null
        candidate=${candidate#"$prefix"}
        # Nothing is left of one that is typed already, and nothing is no word to put there.
        [[ -z $candidate ]] && continue
        case $quote in
            \")
                candidate=${candidate//\\/\\\\}
                candidate=${candidate//\"/\\\"}
                candidate=${candidate//\$/\\\$}
                candidate=${candidate//\`/\\\`}
                ;;
            \') candidate=${candidate//\'/\'\\\'\'} ;;
            *)
                candidate=$(printf '%q' "$candidate")
                # A comma is one to bash too, where no brace is open; and those are behind a backslash.
                candidate=${candidate//\\,/,}
                ;;
        esac
        COMPREPLY+=("$candidate") abouts+=("$about")
        ((${#candidate} > width)) && width=${#candidate}
    done < <("${COMP_WORDS[0]}" _complete -szsh "-c$((${#words[@]} - 1))" "${input[@]}" 2>/dev/null)
    # A list (after ?, ! or @, as the manual of bash calls them) says what each of several is; nothing else is put into the line of them
    # than what all begin with, and no two words are the same.
    if [[ ${COMP_TYPE-} == @(63|33|64) && ${#COMPREPLY[@]} -gt 1 ]]; then
        for i in "${!COMPREPLY[@]}"; do
            about=${abouts[i]:0:$((${COLUMNS:-80} > width + 12 ? ${COLUMNS:-80} - width - 6 : 6))}
            [[ -n $about ]] && printf -v "COMPREPLY[i]" '%-*s  (%s)' "$width" "${COMPREPLY[i]}" "$about"
        done
    fi
}

# In the order that they come in, the newest job first, where bash can (from 4.4 on).
complete -o nosort -F _multiflexi_cli multiflexi-cli 2>/dev/null || complete -F _multiflexi_cli multiflexi-cli
