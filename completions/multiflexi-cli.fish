# Print an optspec for argparse to handle cmd's options that are independent of any subcommand.
function __fish_multiflexi_cli_global_optspecs
    string join \n h/help V/version
end

function __fish_multiflexi_cli_needs_command
    # Figure out if the current invocation already has a command.
    set -l cmd (commandline -opc)
    set -e cmd[1]
    argparse -s (__fish_multiflexi_cli_global_optspecs) -- $cmd 2>/dev/null
    or return
    if set -q argv[1]
        # Also print the command, so this can be used to figure out what it is.
        echo $argv[1]
        return 1
    end
    return 0
end

function __fish_multiflexi_cli_using_subcommand
    set -l cmd (__fish_multiflexi_cli_needs_command)
    test -z "$cmd"
    and return 1
    contains -- $cmd[1] $argv
end

complete -c multiflexi-cli -n "__fish_multiflexi_cli_needs_command" -s h -l help -d 'Print help'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_needs_command" -s V -l version -d 'Print version'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_needs_command" -f -a "application" -d 'Applications: what can be run'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_needs_command" -f -a "company" -d 'Companies, for which applications run'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_needs_command" -f -a "company-app" -d 'Which applications a company uses'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_needs_command" -f -a "runtemplate" -d 'Runtemplates: which application runs for which company, when, with what, by which executor'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_needs_command" -f -a "job" -d 'Jobs: single runs of applications'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_needs_command" -f -a "queue" -d 'The queue: jobs that wait for their moment'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_needs_command" -f -a "task" -d 'Tasks: what a runtemplate owes in each window of its schedule'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_needs_command" -f -a "artifact" -d 'Artifacts: files that jobs left behind'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_needs_command" -f -a "credential" -d 'Credentials: values that a company\'s jobs get, secrets among them'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_needs_command" -f -a "credential-type" -d 'Credential types: prototypes set up for a company'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_needs_command" -f -a "credential-prototype" -d 'Credential prototypes: what kinds of credentials there are'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_needs_command" -f -a "encryption" -d 'The key that secret values of credentials are encrypted with'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_needs_command" -f -a "user" -d 'Users: people and services that work with the suite'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_needs_command" -f -a "token" -d 'Tokens: what programs log in with to the suite\'s API'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_needs_command" -f -a "user-company" -d 'Which users work for which company'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_needs_command" -f -a "user-role" -d 'The roles of users'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_needs_command" -f -a "user-erasure" -d 'Requests to erase a user\'s personal data (GDPR)'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_needs_command" -f -a "event-source" -d 'Event sources: databases in which changes are looked for'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_needs_command" -f -a "event-rule" -d 'Event rules: which event starts which runtemplate'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_needs_command" -f -a "database" -d 'The database\'s schema'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_needs_command" -f -a "status" -d 'Show what there is'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_needs_command" -f -a "prune" -d 'Delete old logs and jobs'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_needs_command" -f -a "telemetry" -d 'Metrics for OpenTelemetry'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_needs_command" -f -a "list" -d 'List the commands'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_needs_command" -f -a "help" -d 'Show the help of a command'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_needs_command" -f -a "describe" -d 'Describe every command with its options, as JSON'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_needs_command" -f -a "completion" -d 'Print the completion script of a shell'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_needs_command" -f -a "_complete" -d 'Tell what may stand where the cursor is'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_needs_command" -f -a "man" -d 'Write the man pages to a directory'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand application; and not __fish_seen_subcommand_from list ls get show create update delete rm import-json export-json remove-json validate-json show-config" -s h -l help -d 'Print help'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand application; and not __fish_seen_subcommand_from list ls get show create update delete rm import-json export-json remove-json validate-json show-config" -f -a "list" -d 'List applications'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand application; and not __fish_seen_subcommand_from list ls get show create update delete rm import-json export-json remove-json validate-json show-config" -f -a "ls" -d 'List applications'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand application; and not __fish_seen_subcommand_from list ls get show create update delete rm import-json export-json remove-json validate-json show-config" -f -a "get" -d 'Show an application'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand application; and not __fish_seen_subcommand_from list ls get show create update delete rm import-json export-json remove-json validate-json show-config" -f -a "show" -d 'Show an application'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand application; and not __fish_seen_subcommand_from list ls get show create update delete rm import-json export-json remove-json validate-json show-config" -f -a "create" -d 'Create an application'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand application; and not __fish_seen_subcommand_from list ls get show create update delete rm import-json export-json remove-json validate-json show-config" -f -a "update" -d 'Change an application'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand application; and not __fish_seen_subcommand_from list ls get show create update delete rm import-json export-json remove-json validate-json show-config" -f -a "delete" -d 'Delete an application that nothing uses'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand application; and not __fish_seen_subcommand_from list ls get show create update delete rm import-json export-json remove-json validate-json show-config" -f -a "rm" -d 'Delete an application that nothing uses'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand application; and not __fish_seen_subcommand_from list ls get show create update delete rm import-json export-json remove-json validate-json show-config" -f -a "import-json" -d 'Import an application from its definition'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand application; and not __fish_seen_subcommand_from list ls get show create update delete rm import-json export-json remove-json validate-json show-config" -f -a "export-json" -d 'Write an application\'s definition'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand application; and not __fish_seen_subcommand_from list ls get show create update delete rm import-json export-json remove-json validate-json show-config" -f -a "remove-json" -d 'Delete the application that a definition describes'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand application; and not __fish_seen_subcommand_from list ls get show create update delete rm import-json export-json remove-json validate-json show-config" -f -a "validate-json" -d 'Check a definition against the schema'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand application; and not __fish_seen_subcommand_from list ls get show create update delete rm import-json export-json remove-json validate-json show-config" -f -a "show-config" -d 'Show the fields an application takes'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand application; and __fish_seen_subcommand_from list" -l limit -d 'At most so many rows' -r
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand application; and __fish_seen_subcommand_from list" -l offset -d 'Leave out so many rows first' -r
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand application; and __fish_seen_subcommand_from list" -l order -d 'A (ascending by id), D (descending), or a column to order by' -r
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand application; and __fish_seen_subcommand_from list" -l fields -d 'Only these fields, with commas between' -r
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand application; and __fish_seen_subcommand_from list" -s f -l format -d 'How to print the result' -r -f -a "text\t''
json\t''
csv\t''"
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand application; and __fish_seen_subcommand_from list" -s e -l environment -d 'Read settings from this file instead of /etc/multiflexi/multiflexi.env' -r -F
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand application; and __fish_seen_subcommand_from list" -s v -l verbose -d 'After a create or update print the whole record'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand application; and __fish_seen_subcommand_from list" -s q -l quiet -d 'Print no sentences, only data and errors'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand application; and __fish_seen_subcommand_from list" -l silent -d 'Print nothing at all, not even errors: the exit code tells'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand application; and __fish_seen_subcommand_from list" -s n -l no-interaction -d 'Ask nothing'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand application; and __fish_seen_subcommand_from list" -l ansi
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand application; and __fish_seen_subcommand_from list" -l no-ansi -d 'No colours (none are used)'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand application; and __fish_seen_subcommand_from list" -s h -l help -d 'Print help'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand application; and __fish_seen_subcommand_from ls" -l limit -d 'At most so many rows' -r
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand application; and __fish_seen_subcommand_from ls" -l offset -d 'Leave out so many rows first' -r
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand application; and __fish_seen_subcommand_from ls" -l order -d 'A (ascending by id), D (descending), or a column to order by' -r
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand application; and __fish_seen_subcommand_from ls" -l fields -d 'Only these fields, with commas between' -r
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand application; and __fish_seen_subcommand_from ls" -s f -l format -d 'How to print the result' -r -f -a "text\t''
json\t''
csv\t''"
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand application; and __fish_seen_subcommand_from ls" -s e -l environment -d 'Read settings from this file instead of /etc/multiflexi/multiflexi.env' -r -F
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand application; and __fish_seen_subcommand_from ls" -s v -l verbose -d 'After a create or update print the whole record'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand application; and __fish_seen_subcommand_from ls" -s q -l quiet -d 'Print no sentences, only data and errors'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand application; and __fish_seen_subcommand_from ls" -l silent -d 'Print nothing at all, not even errors: the exit code tells'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand application; and __fish_seen_subcommand_from ls" -s n -l no-interaction -d 'Ask nothing'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand application; and __fish_seen_subcommand_from ls" -l ansi
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand application; and __fish_seen_subcommand_from ls" -l no-ansi -d 'No colours (none are used)'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand application; and __fish_seen_subcommand_from ls" -s h -l help -d 'Print help'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand application; and __fish_seen_subcommand_from get" -l name -d 'By its name' -r
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand application; and __fish_seen_subcommand_from get" -l uuid -d 'By its uuid' -r
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand application; and __fish_seen_subcommand_from get" -l fields -d 'Only these fields, with commas between' -r
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand application; and __fish_seen_subcommand_from get" -l id -d 'By its id' -r
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand application; and __fish_seen_subcommand_from get" -s f -l format -d 'How to print the result' -r -f -a "text\t''
json\t''"
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand application; and __fish_seen_subcommand_from get" -s e -l environment -d 'Read settings from this file instead of /etc/multiflexi/multiflexi.env' -r -F
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand application; and __fish_seen_subcommand_from get" -s v -l verbose -d 'After a create or update print the whole record'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand application; and __fish_seen_subcommand_from get" -s q -l quiet -d 'Print no sentences, only data and errors'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand application; and __fish_seen_subcommand_from get" -l silent -d 'Print nothing at all, not even errors: the exit code tells'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand application; and __fish_seen_subcommand_from get" -s n -l no-interaction -d 'Ask nothing'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand application; and __fish_seen_subcommand_from get" -l ansi
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand application; and __fish_seen_subcommand_from get" -l no-ansi -d 'No colours (none are used)'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand application; and __fish_seen_subcommand_from get" -s h -l help -d 'Print help'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand application; and __fish_seen_subcommand_from show" -l name -d 'By its name' -r
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand application; and __fish_seen_subcommand_from show" -l uuid -d 'By its uuid' -r
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand application; and __fish_seen_subcommand_from show" -l fields -d 'Only these fields, with commas between' -r
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand application; and __fish_seen_subcommand_from show" -l id -d 'By its id' -r
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand application; and __fish_seen_subcommand_from show" -s f -l format -d 'How to print the result' -r -f -a "text\t''
json\t''"
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand application; and __fish_seen_subcommand_from show" -s e -l environment -d 'Read settings from this file instead of /etc/multiflexi/multiflexi.env' -r -F
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand application; and __fish_seen_subcommand_from show" -s v -l verbose -d 'After a create or update print the whole record'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand application; and __fish_seen_subcommand_from show" -s q -l quiet -d 'Print no sentences, only data and errors'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand application; and __fish_seen_subcommand_from show" -l silent -d 'Print nothing at all, not even errors: the exit code tells'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand application; and __fish_seen_subcommand_from show" -s n -l no-interaction -d 'Ask nothing'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand application; and __fish_seen_subcommand_from show" -l ansi
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand application; and __fish_seen_subcommand_from show" -l no-ansi -d 'No colours (none are used)'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand application; and __fish_seen_subcommand_from show" -s h -l help -d 'Print help'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand application; and __fish_seen_subcommand_from create" -l name -d 'Its name' -r
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand application; and __fish_seen_subcommand_from create" -l description -d 'What it does' -r
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand application; and __fish_seen_subcommand_from create" -l tags -d 'Its tags, with commas between' -r
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand application; and __fish_seen_subcommand_from create" -l executable -d 'The program to run' -r
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand application; and __fish_seen_subcommand_from create" -l uuid -d 'Its UUID; made where none is given' -r
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand application; and __fish_seen_subcommand_from create" -l ociimage -d 'The OCI image that Kubernetes runs' -r
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand application; and __fish_seen_subcommand_from create" -l requirements -d 'The credentials it needs, with commas between' -r
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand application; and __fish_seen_subcommand_from create" -l homepage -d 'Its home page' -r
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand application; and __fish_seen_subcommand_from create" -l appversion -d 'Its version' -r
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand application; and __fish_seen_subcommand_from create" -s f -l format -d 'How to print the result' -r -f -a "text\t''
json\t''"
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand application; and __fish_seen_subcommand_from create" -s e -l environment -d 'Read settings from this file instead of /etc/multiflexi/multiflexi.env' -r -F
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand application; and __fish_seen_subcommand_from create" -s v -l verbose -d 'After a create or update print the whole record'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand application; and __fish_seen_subcommand_from create" -s q -l quiet -d 'Print no sentences, only data and errors'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand application; and __fish_seen_subcommand_from create" -l silent -d 'Print nothing at all, not even errors: the exit code tells'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand application; and __fish_seen_subcommand_from create" -s n -l no-interaction -d 'Ask nothing'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand application; and __fish_seen_subcommand_from create" -l ansi
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand application; and __fish_seen_subcommand_from create" -l no-ansi -d 'No colours (none are used)'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand application; and __fish_seen_subcommand_from create" -s h -l help -d 'Print help'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand application; and __fish_seen_subcommand_from update" -l name -d 'Its name' -r
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand application; and __fish_seen_subcommand_from update" -l description -d 'What it does' -r
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand application; and __fish_seen_subcommand_from update" -l tags -d 'Its tags, with commas between' -r
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand application; and __fish_seen_subcommand_from update" -l executable -d 'The program to run' -r
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand application; and __fish_seen_subcommand_from update" -l uuid -d 'Its UUID; made where none is given' -r
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand application; and __fish_seen_subcommand_from update" -l ociimage -d 'The OCI image that Kubernetes runs' -r
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand application; and __fish_seen_subcommand_from update" -l requirements -d 'The credentials it needs, with commas between' -r
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand application; and __fish_seen_subcommand_from update" -l homepage -d 'Its home page' -r
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand application; and __fish_seen_subcommand_from update" -l appversion -d 'Its version' -r
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand application; and __fish_seen_subcommand_from update" -l id -d 'Its id' -r
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand application; and __fish_seen_subcommand_from update" -s f -l format -d 'How to print the result' -r -f -a "text\t''
json\t''"
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand application; and __fish_seen_subcommand_from update" -s e -l environment -d 'Read settings from this file instead of /etc/multiflexi/multiflexi.env' -r -F
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand application; and __fish_seen_subcommand_from update" -s v -l verbose -d 'After a create or update print the whole record'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand application; and __fish_seen_subcommand_from update" -s q -l quiet -d 'Print no sentences, only data and errors'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand application; and __fish_seen_subcommand_from update" -l silent -d 'Print nothing at all, not even errors: the exit code tells'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand application; and __fish_seen_subcommand_from update" -s n -l no-interaction -d 'Ask nothing'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand application; and __fish_seen_subcommand_from update" -l ansi
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand application; and __fish_seen_subcommand_from update" -l no-ansi -d 'No colours (none are used)'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand application; and __fish_seen_subcommand_from update" -s h -l help -d 'Print help'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand application; and __fish_seen_subcommand_from delete" -l name -d 'By its name' -r
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand application; and __fish_seen_subcommand_from delete" -l uuid -d 'By its uuid' -r
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand application; and __fish_seen_subcommand_from delete" -l id -d 'By its id' -r
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand application; and __fish_seen_subcommand_from delete" -s f -l format -d 'How to print the result' -r -f -a "text\t''
json\t''"
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand application; and __fish_seen_subcommand_from delete" -s e -l environment -d 'Read settings from this file instead of /etc/multiflexi/multiflexi.env' -r -F
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand application; and __fish_seen_subcommand_from delete" -l dry-run -d 'Only say what would be done'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand application; and __fish_seen_subcommand_from delete" -s y -l yes -d 'Do not ask, also on a terminal'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand application; and __fish_seen_subcommand_from delete" -s v -l verbose -d 'After a create or update print the whole record'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand application; and __fish_seen_subcommand_from delete" -s q -l quiet -d 'Print no sentences, only data and errors'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand application; and __fish_seen_subcommand_from delete" -l silent -d 'Print nothing at all, not even errors: the exit code tells'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand application; and __fish_seen_subcommand_from delete" -s n -l no-interaction -d 'Ask nothing'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand application; and __fish_seen_subcommand_from delete" -l ansi
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand application; and __fish_seen_subcommand_from delete" -l no-ansi -d 'No colours (none are used)'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand application; and __fish_seen_subcommand_from delete" -s h -l help -d 'Print help'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand application; and __fish_seen_subcommand_from rm" -l name -d 'By its name' -r
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand application; and __fish_seen_subcommand_from rm" -l uuid -d 'By its uuid' -r
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand application; and __fish_seen_subcommand_from rm" -l id -d 'By its id' -r
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand application; and __fish_seen_subcommand_from rm" -s f -l format -d 'How to print the result' -r -f -a "text\t''
json\t''"
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand application; and __fish_seen_subcommand_from rm" -s e -l environment -d 'Read settings from this file instead of /etc/multiflexi/multiflexi.env' -r -F
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand application; and __fish_seen_subcommand_from rm" -l dry-run -d 'Only say what would be done'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand application; and __fish_seen_subcommand_from rm" -s y -l yes -d 'Do not ask, also on a terminal'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand application; and __fish_seen_subcommand_from rm" -s v -l verbose -d 'After a create or update print the whole record'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand application; and __fish_seen_subcommand_from rm" -s q -l quiet -d 'Print no sentences, only data and errors'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand application; and __fish_seen_subcommand_from rm" -l silent -d 'Print nothing at all, not even errors: the exit code tells'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand application; and __fish_seen_subcommand_from rm" -s n -l no-interaction -d 'Ask nothing'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand application; and __fish_seen_subcommand_from rm" -l ansi
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand application; and __fish_seen_subcommand_from rm" -l no-ansi -d 'No colours (none are used)'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand application; and __fish_seen_subcommand_from rm" -s h -l help -d 'Print help'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand application; and __fish_seen_subcommand_from import-json" -l file -d 'The definition, a *.multiflexi.app.json' -r -F
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand application; and __fish_seen_subcommand_from import-json" -s f -l format -d 'How to print the result' -r -f -a "text\t''
json\t''"
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand application; and __fish_seen_subcommand_from import-json" -s e -l environment -d 'Read settings from this file instead of /etc/multiflexi/multiflexi.env' -r -F
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand application; and __fish_seen_subcommand_from import-json" -s v -l verbose -d 'After a create or update print the whole record'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand application; and __fish_seen_subcommand_from import-json" -s q -l quiet -d 'Print no sentences, only data and errors'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand application; and __fish_seen_subcommand_from import-json" -l silent -d 'Print nothing at all, not even errors: the exit code tells'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand application; and __fish_seen_subcommand_from import-json" -s n -l no-interaction -d 'Ask nothing'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand application; and __fish_seen_subcommand_from import-json" -l ansi
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand application; and __fish_seen_subcommand_from import-json" -l no-ansi -d 'No colours (none are used)'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand application; and __fish_seen_subcommand_from import-json" -s h -l help -d 'Print help'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand application; and __fish_seen_subcommand_from export-json" -l name -d 'By its name' -r
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand application; and __fish_seen_subcommand_from export-json" -l uuid -d 'By its uuid' -r
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand application; and __fish_seen_subcommand_from export-json" -l file -d 'The file to write' -r -F
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand application; and __fish_seen_subcommand_from export-json" -l id -d 'By its id' -r
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand application; and __fish_seen_subcommand_from export-json" -s f -l format -d 'How to print the result' -r -f -a "text\t''
json\t''"
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand application; and __fish_seen_subcommand_from export-json" -s e -l environment -d 'Read settings from this file instead of /etc/multiflexi/multiflexi.env' -r -F
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand application; and __fish_seen_subcommand_from export-json" -s v -l verbose -d 'After a create or update print the whole record'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand application; and __fish_seen_subcommand_from export-json" -s q -l quiet -d 'Print no sentences, only data and errors'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand application; and __fish_seen_subcommand_from export-json" -l silent -d 'Print nothing at all, not even errors: the exit code tells'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand application; and __fish_seen_subcommand_from export-json" -s n -l no-interaction -d 'Ask nothing'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand application; and __fish_seen_subcommand_from export-json" -l ansi
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand application; and __fish_seen_subcommand_from export-json" -l no-ansi -d 'No colours (none are used)'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand application; and __fish_seen_subcommand_from export-json" -s h -l help -d 'Print help'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand application; and __fish_seen_subcommand_from remove-json" -l file -d 'The definition, a *.multiflexi.app.json' -r -F
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand application; and __fish_seen_subcommand_from remove-json" -s f -l format -d 'How to print the result' -r -f -a "text\t''
json\t''"
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand application; and __fish_seen_subcommand_from remove-json" -s e -l environment -d 'Read settings from this file instead of /etc/multiflexi/multiflexi.env' -r -F
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand application; and __fish_seen_subcommand_from remove-json" -l dry-run -d 'Only say what would be done'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand application; and __fish_seen_subcommand_from remove-json" -s y -l yes -d 'Do not ask, also on a terminal'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand application; and __fish_seen_subcommand_from remove-json" -s v -l verbose -d 'After a create or update print the whole record'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand application; and __fish_seen_subcommand_from remove-json" -s q -l quiet -d 'Print no sentences, only data and errors'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand application; and __fish_seen_subcommand_from remove-json" -l silent -d 'Print nothing at all, not even errors: the exit code tells'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand application; and __fish_seen_subcommand_from remove-json" -s n -l no-interaction -d 'Ask nothing'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand application; and __fish_seen_subcommand_from remove-json" -l ansi
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand application; and __fish_seen_subcommand_from remove-json" -l no-ansi -d 'No colours (none are used)'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand application; and __fish_seen_subcommand_from remove-json" -s h -l help -d 'Print help'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand application; and __fish_seen_subcommand_from validate-json" -l file -d 'The definition, a *.multiflexi.app.json' -r -F
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand application; and __fish_seen_subcommand_from validate-json" -s f -l format -d 'How to print the result' -r -f -a "text\t''
json\t''"
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand application; and __fish_seen_subcommand_from validate-json" -s e -l environment -d 'Read settings from this file instead of /etc/multiflexi/multiflexi.env' -r -F
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand application; and __fish_seen_subcommand_from validate-json" -s v -l verbose -d 'After a create or update print the whole record'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand application; and __fish_seen_subcommand_from validate-json" -s q -l quiet -d 'Print no sentences, only data and errors'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand application; and __fish_seen_subcommand_from validate-json" -l silent -d 'Print nothing at all, not even errors: the exit code tells'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand application; and __fish_seen_subcommand_from validate-json" -s n -l no-interaction -d 'Ask nothing'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand application; and __fish_seen_subcommand_from validate-json" -l ansi
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand application; and __fish_seen_subcommand_from validate-json" -l no-ansi -d 'No colours (none are used)'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand application; and __fish_seen_subcommand_from validate-json" -s h -l help -d 'Print help'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand application; and __fish_seen_subcommand_from show-config" -l name -d 'By its name' -r
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand application; and __fish_seen_subcommand_from show-config" -l uuid -d 'By its uuid' -r
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand application; and __fish_seen_subcommand_from show-config" -l fields -d 'Only these fields, with commas between' -r
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand application; and __fish_seen_subcommand_from show-config" -l id -d 'By its id' -r
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand application; and __fish_seen_subcommand_from show-config" -s f -l format -d 'How to print the result' -r -f -a "text\t''
json\t''
csv\t''"
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand application; and __fish_seen_subcommand_from show-config" -s e -l environment -d 'Read settings from this file instead of /etc/multiflexi/multiflexi.env' -r -F
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand application; and __fish_seen_subcommand_from show-config" -s v -l verbose -d 'After a create or update print the whole record'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand application; and __fish_seen_subcommand_from show-config" -s q -l quiet -d 'Print no sentences, only data and errors'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand application; and __fish_seen_subcommand_from show-config" -l silent -d 'Print nothing at all, not even errors: the exit code tells'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand application; and __fish_seen_subcommand_from show-config" -s n -l no-interaction -d 'Ask nothing'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand application; and __fish_seen_subcommand_from show-config" -l ansi
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand application; and __fish_seen_subcommand_from show-config" -l no-ansi -d 'No colours (none are used)'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand application; and __fish_seen_subcommand_from show-config" -s h -l help -d 'Print help'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand company; and not __fish_seen_subcommand_from list ls get show create update remove rm env-list env-set env-unset" -s h -l help -d 'Print help'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand company; and not __fish_seen_subcommand_from list ls get show create update remove rm env-list env-set env-unset" -f -a "list" -d 'List companies'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand company; and not __fish_seen_subcommand_from list ls get show create update remove rm env-list env-set env-unset" -f -a "ls" -d 'List companies'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand company; and not __fish_seen_subcommand_from list ls get show create update remove rm env-list env-set env-unset" -f -a "get" -d 'Show a company'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand company; and not __fish_seen_subcommand_from list ls get show create update remove rm env-list env-set env-unset" -f -a "show" -d 'Show a company'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand company; and not __fish_seen_subcommand_from list ls get show create update remove rm env-list env-set env-unset" -f -a "create" -d 'Create a company'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand company; and not __fish_seen_subcommand_from list ls get show create update remove rm env-list env-set env-unset" -f -a "update" -d 'Change a company'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand company; and not __fish_seen_subcommand_from list ls get show create update remove rm env-list env-set env-unset" -f -a "remove" -d 'Remove a company that nothing uses'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand company; and not __fish_seen_subcommand_from list ls get show create update remove rm env-list env-set env-unset" -f -a "rm" -d 'Remove a company that nothing uses'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand company; and not __fish_seen_subcommand_from list ls get show create update remove rm env-list env-set env-unset" -f -a "env-list" -d 'List the variables that a company\'s jobs get'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand company; and not __fish_seen_subcommand_from list ls get show create update remove rm env-list env-set env-unset" -f -a "env-set" -d 'Set variables that a company\'s jobs get'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand company; and not __fish_seen_subcommand_from list ls get show create update remove rm env-list env-set env-unset" -f -a "env-unset" -d 'Take variables from a company\'s jobs'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand company; and __fish_seen_subcommand_from list" -l limit -d 'At most so many rows' -r
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand company; and __fish_seen_subcommand_from list" -l offset -d 'Leave out so many rows first' -r
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand company; and __fish_seen_subcommand_from list" -l order -d 'A (ascending by id), D (descending), or a column to order by' -r
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand company; and __fish_seen_subcommand_from list" -l fields -d 'Only these fields, with commas between' -r
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand company; and __fish_seen_subcommand_from list" -s f -l format -d 'How to print the result' -r -f -a "text\t''
json\t''
csv\t''"
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand company; and __fish_seen_subcommand_from list" -s e -l environment -d 'Read settings from this file instead of /etc/multiflexi/multiflexi.env' -r -F
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand company; and __fish_seen_subcommand_from list" -s v -l verbose -d 'After a create or update print the whole record'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand company; and __fish_seen_subcommand_from list" -s q -l quiet -d 'Print no sentences, only data and errors'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand company; and __fish_seen_subcommand_from list" -l silent -d 'Print nothing at all, not even errors: the exit code tells'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand company; and __fish_seen_subcommand_from list" -s n -l no-interaction -d 'Ask nothing'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand company; and __fish_seen_subcommand_from list" -l ansi
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand company; and __fish_seen_subcommand_from list" -l no-ansi -d 'No colours (none are used)'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand company; and __fish_seen_subcommand_from list" -s h -l help -d 'Print help'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand company; and __fish_seen_subcommand_from ls" -l limit -d 'At most so many rows' -r
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand company; and __fish_seen_subcommand_from ls" -l offset -d 'Leave out so many rows first' -r
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand company; and __fish_seen_subcommand_from ls" -l order -d 'A (ascending by id), D (descending), or a column to order by' -r
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand company; and __fish_seen_subcommand_from ls" -l fields -d 'Only these fields, with commas between' -r
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand company; and __fish_seen_subcommand_from ls" -s f -l format -d 'How to print the result' -r -f -a "text\t''
json\t''
csv\t''"
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand company; and __fish_seen_subcommand_from ls" -s e -l environment -d 'Read settings from this file instead of /etc/multiflexi/multiflexi.env' -r -F
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand company; and __fish_seen_subcommand_from ls" -s v -l verbose -d 'After a create or update print the whole record'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand company; and __fish_seen_subcommand_from ls" -s q -l quiet -d 'Print no sentences, only data and errors'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand company; and __fish_seen_subcommand_from ls" -l silent -d 'Print nothing at all, not even errors: the exit code tells'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand company; and __fish_seen_subcommand_from ls" -s n -l no-interaction -d 'Ask nothing'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand company; and __fish_seen_subcommand_from ls" -l ansi
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand company; and __fish_seen_subcommand_from ls" -l no-ansi -d 'No colours (none are used)'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand company; and __fish_seen_subcommand_from ls" -s h -l help -d 'Print help'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand company; and __fish_seen_subcommand_from get" -l name -d 'By its name' -r
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand company; and __fish_seen_subcommand_from get" -l ic -d 'By its ic' -r
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand company; and __fish_seen_subcommand_from get" -l slug -d 'By its slug' -r
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand company; and __fish_seen_subcommand_from get" -l fields -d 'Only these fields, with commas between' -r
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand company; and __fish_seen_subcommand_from get" -l id -d 'By its id' -r
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand company; and __fish_seen_subcommand_from get" -s f -l format -d 'How to print the result' -r -f -a "text\t''
json\t''"
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand company; and __fish_seen_subcommand_from get" -s e -l environment -d 'Read settings from this file instead of /etc/multiflexi/multiflexi.env' -r -F
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand company; and __fish_seen_subcommand_from get" -s v -l verbose -d 'After a create or update print the whole record'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand company; and __fish_seen_subcommand_from get" -s q -l quiet -d 'Print no sentences, only data and errors'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand company; and __fish_seen_subcommand_from get" -l silent -d 'Print nothing at all, not even errors: the exit code tells'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand company; and __fish_seen_subcommand_from get" -s n -l no-interaction -d 'Ask nothing'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand company; and __fish_seen_subcommand_from get" -l ansi
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand company; and __fish_seen_subcommand_from get" -l no-ansi -d 'No colours (none are used)'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand company; and __fish_seen_subcommand_from get" -s h -l help -d 'Print help'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand company; and __fish_seen_subcommand_from show" -l name -d 'By its name' -r
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand company; and __fish_seen_subcommand_from show" -l ic -d 'By its ic' -r
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand company; and __fish_seen_subcommand_from show" -l slug -d 'By its slug' -r
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand company; and __fish_seen_subcommand_from show" -l fields -d 'Only these fields, with commas between' -r
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand company; and __fish_seen_subcommand_from show" -l id -d 'By its id' -r
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand company; and __fish_seen_subcommand_from show" -s f -l format -d 'How to print the result' -r -f -a "text\t''
json\t''"
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand company; and __fish_seen_subcommand_from show" -s e -l environment -d 'Read settings from this file instead of /etc/multiflexi/multiflexi.env' -r -F
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand company; and __fish_seen_subcommand_from show" -s v -l verbose -d 'After a create or update print the whole record'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand company; and __fish_seen_subcommand_from show" -s q -l quiet -d 'Print no sentences, only data and errors'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand company; and __fish_seen_subcommand_from show" -l silent -d 'Print nothing at all, not even errors: the exit code tells'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand company; and __fish_seen_subcommand_from show" -s n -l no-interaction -d 'Ask nothing'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand company; and __fish_seen_subcommand_from show" -l ansi
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand company; and __fish_seen_subcommand_from show" -l no-ansi -d 'No colours (none are used)'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand company; and __fish_seen_subcommand_from show" -s h -l help -d 'Print help'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand company; and __fish_seen_subcommand_from create" -l name -d 'Its name' -r
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand company; and __fish_seen_subcommand_from create" -l customer -d 'Its customer\'s id' -r
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand company; and __fish_seen_subcommand_from create" -l enabled -d 'Is it enabled?' -r
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand company; and __fish_seen_subcommand_from create" -l settings -d 'Settings, as the suite keeps them' -r
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand company; and __fish_seen_subcommand_from create" -l logo -d 'Its logo, a URL or a data: URL' -r
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand company; and __fish_seen_subcommand_from create" -l ic -d 'Its registration number' -r
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand company; and __fish_seen_subcommand_from create" -l slug -d 'A short name for paths and programs' -r
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand company; and __fish_seen_subcommand_from create" -l email -d 'Its e-mail address' -r
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand company; and __fish_seen_subcommand_from create" -l zabbix_host -d 'Its host in Zabbix' -r
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand company; and __fish_seen_subcommand_from create" -s f -l format -d 'How to print the result' -r -f -a "text\t''
json\t''"
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand company; and __fish_seen_subcommand_from create" -s e -l environment -d 'Read settings from this file instead of /etc/multiflexi/multiflexi.env' -r -F
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand company; and __fish_seen_subcommand_from create" -s v -l verbose -d 'After a create or update print the whole record'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand company; and __fish_seen_subcommand_from create" -s q -l quiet -d 'Print no sentences, only data and errors'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand company; and __fish_seen_subcommand_from create" -l silent -d 'Print nothing at all, not even errors: the exit code tells'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand company; and __fish_seen_subcommand_from create" -s n -l no-interaction -d 'Ask nothing'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand company; and __fish_seen_subcommand_from create" -l ansi
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand company; and __fish_seen_subcommand_from create" -l no-ansi -d 'No colours (none are used)'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand company; and __fish_seen_subcommand_from create" -s h -l help -d 'Print help'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand company; and __fish_seen_subcommand_from update" -l name -d 'Its name' -r
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand company; and __fish_seen_subcommand_from update" -l customer -d 'Its customer\'s id' -r
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand company; and __fish_seen_subcommand_from update" -l enabled -d 'Is it enabled?' -r
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand company; and __fish_seen_subcommand_from update" -l settings -d 'Settings, as the suite keeps them' -r
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand company; and __fish_seen_subcommand_from update" -l logo -d 'Its logo, a URL or a data: URL' -r
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand company; and __fish_seen_subcommand_from update" -l ic -d 'Its registration number' -r
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand company; and __fish_seen_subcommand_from update" -l slug -d 'A short name for paths and programs' -r
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand company; and __fish_seen_subcommand_from update" -l email -d 'Its e-mail address' -r
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand company; and __fish_seen_subcommand_from update" -l zabbix_host -d 'Its host in Zabbix' -r
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand company; and __fish_seen_subcommand_from update" -l id -d 'Its id' -r
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand company; and __fish_seen_subcommand_from update" -s f -l format -d 'How to print the result' -r -f -a "text\t''
json\t''"
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand company; and __fish_seen_subcommand_from update" -s e -l environment -d 'Read settings from this file instead of /etc/multiflexi/multiflexi.env' -r -F
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand company; and __fish_seen_subcommand_from update" -s v -l verbose -d 'After a create or update print the whole record'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand company; and __fish_seen_subcommand_from update" -s q -l quiet -d 'Print no sentences, only data and errors'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand company; and __fish_seen_subcommand_from update" -l silent -d 'Print nothing at all, not even errors: the exit code tells'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand company; and __fish_seen_subcommand_from update" -s n -l no-interaction -d 'Ask nothing'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand company; and __fish_seen_subcommand_from update" -l ansi
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand company; and __fish_seen_subcommand_from update" -l no-ansi -d 'No colours (none are used)'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand company; and __fish_seen_subcommand_from update" -s h -l help -d 'Print help'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand company; and __fish_seen_subcommand_from remove" -l name -d 'By its name' -r
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand company; and __fish_seen_subcommand_from remove" -l ic -d 'By its ic' -r
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand company; and __fish_seen_subcommand_from remove" -l slug -d 'By its slug' -r
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand company; and __fish_seen_subcommand_from remove" -l id -d 'By its id' -r
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand company; and __fish_seen_subcommand_from remove" -s f -l format -d 'How to print the result' -r -f -a "text\t''
json\t''"
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand company; and __fish_seen_subcommand_from remove" -s e -l environment -d 'Read settings from this file instead of /etc/multiflexi/multiflexi.env' -r -F
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand company; and __fish_seen_subcommand_from remove" -l dry-run -d 'Only say what would be done'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand company; and __fish_seen_subcommand_from remove" -s y -l yes -d 'Do not ask, also on a terminal'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand company; and __fish_seen_subcommand_from remove" -s v -l verbose -d 'After a create or update print the whole record'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand company; and __fish_seen_subcommand_from remove" -s q -l quiet -d 'Print no sentences, only data and errors'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand company; and __fish_seen_subcommand_from remove" -l silent -d 'Print nothing at all, not even errors: the exit code tells'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand company; and __fish_seen_subcommand_from remove" -s n -l no-interaction -d 'Ask nothing'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand company; and __fish_seen_subcommand_from remove" -l ansi
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand company; and __fish_seen_subcommand_from remove" -l no-ansi -d 'No colours (none are used)'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand company; and __fish_seen_subcommand_from remove" -s h -l help -d 'Print help'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand company; and __fish_seen_subcommand_from rm" -l name -d 'By its name' -r
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand company; and __fish_seen_subcommand_from rm" -l ic -d 'By its ic' -r
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand company; and __fish_seen_subcommand_from rm" -l slug -d 'By its slug' -r
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand company; and __fish_seen_subcommand_from rm" -l id -d 'By its id' -r
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand company; and __fish_seen_subcommand_from rm" -s f -l format -d 'How to print the result' -r -f -a "text\t''
json\t''"
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand company; and __fish_seen_subcommand_from rm" -s e -l environment -d 'Read settings from this file instead of /etc/multiflexi/multiflexi.env' -r -F
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand company; and __fish_seen_subcommand_from rm" -l dry-run -d 'Only say what would be done'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand company; and __fish_seen_subcommand_from rm" -s y -l yes -d 'Do not ask, also on a terminal'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand company; and __fish_seen_subcommand_from rm" -s v -l verbose -d 'After a create or update print the whole record'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand company; and __fish_seen_subcommand_from rm" -s q -l quiet -d 'Print no sentences, only data and errors'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand company; and __fish_seen_subcommand_from rm" -l silent -d 'Print nothing at all, not even errors: the exit code tells'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand company; and __fish_seen_subcommand_from rm" -s n -l no-interaction -d 'Ask nothing'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand company; and __fish_seen_subcommand_from rm" -l ansi
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand company; and __fish_seen_subcommand_from rm" -l no-ansi -d 'No colours (none are used)'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand company; and __fish_seen_subcommand_from rm" -s h -l help -d 'Print help'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand company; and __fish_seen_subcommand_from env-list" -l company_id -d 'The company, by its id' -r
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand company; and __fish_seen_subcommand_from env-list" -l company -d 'The company, by its slug or id' -r
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand company; and __fish_seen_subcommand_from env-list" -s f -l format -d 'How to print the result' -r -f -a "text\t''
json\t''
csv\t''"
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand company; and __fish_seen_subcommand_from env-list" -s e -l environment -d 'Read settings from this file instead of /etc/multiflexi/multiflexi.env' -r -F
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand company; and __fish_seen_subcommand_from env-list" -s v -l verbose -d 'After a create or update print the whole record'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand company; and __fish_seen_subcommand_from env-list" -s q -l quiet -d 'Print no sentences, only data and errors'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand company; and __fish_seen_subcommand_from env-list" -l silent -d 'Print nothing at all, not even errors: the exit code tells'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand company; and __fish_seen_subcommand_from env-list" -s n -l no-interaction -d 'Ask nothing'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand company; and __fish_seen_subcommand_from env-list" -l ansi
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand company; and __fish_seen_subcommand_from env-list" -l no-ansi -d 'No colours (none are used)'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand company; and __fish_seen_subcommand_from env-list" -s h -l help -d 'Print help'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand company; and __fish_seen_subcommand_from env-set" -l company_id -d 'The company, by its id' -r
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand company; and __fish_seen_subcommand_from env-set" -l company -d 'The company, by its slug or id' -r
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand company; and __fish_seen_subcommand_from env-set" -l env -d 'A variable; may be given several times' -r
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand company; and __fish_seen_subcommand_from env-set" -s f -l format -d 'How to print the result' -r -f -a "text\t''
json\t''"
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand company; and __fish_seen_subcommand_from env-set" -s e -l environment -d 'Read settings from this file instead of /etc/multiflexi/multiflexi.env' -r -F
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand company; and __fish_seen_subcommand_from env-set" -s v -l verbose -d 'After a create or update print the whole record'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand company; and __fish_seen_subcommand_from env-set" -s q -l quiet -d 'Print no sentences, only data and errors'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand company; and __fish_seen_subcommand_from env-set" -l silent -d 'Print nothing at all, not even errors: the exit code tells'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand company; and __fish_seen_subcommand_from env-set" -s n -l no-interaction -d 'Ask nothing'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand company; and __fish_seen_subcommand_from env-set" -l ansi
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand company; and __fish_seen_subcommand_from env-set" -l no-ansi -d 'No colours (none are used)'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand company; and __fish_seen_subcommand_from env-set" -s h -l help -d 'Print help'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand company; and __fish_seen_subcommand_from env-unset" -l company_id -d 'The company, by its id' -r
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand company; and __fish_seen_subcommand_from env-unset" -l company -d 'The company, by its slug or id' -r
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand company; and __fish_seen_subcommand_from env-unset" -l name -d 'The name of a variable; may be given several times' -r
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand company; and __fish_seen_subcommand_from env-unset" -s f -l format -d 'How to print the result' -r -f -a "text\t''
json\t''"
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand company; and __fish_seen_subcommand_from env-unset" -s e -l environment -d 'Read settings from this file instead of /etc/multiflexi/multiflexi.env' -r -F
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand company; and __fish_seen_subcommand_from env-unset" -l dry-run -d 'Only say what would be done'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand company; and __fish_seen_subcommand_from env-unset" -s y -l yes -d 'Do not ask, also on a terminal'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand company; and __fish_seen_subcommand_from env-unset" -s v -l verbose -d 'After a create or update print the whole record'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand company; and __fish_seen_subcommand_from env-unset" -s q -l quiet -d 'Print no sentences, only data and errors'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand company; and __fish_seen_subcommand_from env-unset" -l silent -d 'Print nothing at all, not even errors: the exit code tells'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand company; and __fish_seen_subcommand_from env-unset" -s n -l no-interaction -d 'Ask nothing'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand company; and __fish_seen_subcommand_from env-unset" -l ansi
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand company; and __fish_seen_subcommand_from env-unset" -l no-ansi -d 'No colours (none are used)'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand company; and __fish_seen_subcommand_from env-unset" -s h -l help -d 'Print help'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand company-app; and not __fish_seen_subcommand_from list ls assign unassign" -s h -l help -d 'Print help'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand company-app; and not __fish_seen_subcommand_from list ls assign unassign" -f -a "list" -d 'List companies\' applications and runtemplates'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand company-app; and not __fish_seen_subcommand_from list ls assign unassign" -f -a "ls" -d 'List companies\' applications and runtemplates'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand company-app; and not __fish_seen_subcommand_from list ls assign unassign" -f -a "assign" -d 'Give a company an application, with a runtemplate of it'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand company-app; and not __fish_seen_subcommand_from list ls assign unassign" -f -a "unassign" -d 'Take an application from a company, with its runtemplates and jobs'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand company-app; and __fish_seen_subcommand_from list" -l limit -d 'At most so many rows' -r
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand company-app; and __fish_seen_subcommand_from list" -l offset -d 'Leave out so many rows first' -r
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand company-app; and __fish_seen_subcommand_from list" -l order -d 'A (ascending by id), D (descending), or a column to order by' -r
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand company-app; and __fish_seen_subcommand_from list" -l fields -d 'Only these fields, with commas between' -r
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand company-app; and __fish_seen_subcommand_from list" -l company_id -d 'The company, by its id' -r
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand company-app; and __fish_seen_subcommand_from list" -l company -d 'The company, by its slug or id' -r
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand company-app; and __fish_seen_subcommand_from list" -l app_id -d 'The application, by its id' -r
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand company-app; and __fish_seen_subcommand_from list" -l app_uuid -d 'The application, by its UUID' -r
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand company-app; and __fish_seen_subcommand_from list" -l app -d 'The application, by its name or executable' -r
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand company-app; and __fish_seen_subcommand_from list" -s f -l format -d 'How to print the result' -r -f -a "text\t''
json\t''
csv\t''"
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand company-app; and __fish_seen_subcommand_from list" -s e -l environment -d 'Read settings from this file instead of /etc/multiflexi/multiflexi.env' -r -F
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand company-app; and __fish_seen_subcommand_from list" -s v -l verbose -d 'After a create or update print the whole record'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand company-app; and __fish_seen_subcommand_from list" -s q -l quiet -d 'Print no sentences, only data and errors'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand company-app; and __fish_seen_subcommand_from list" -l silent -d 'Print nothing at all, not even errors: the exit code tells'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand company-app; and __fish_seen_subcommand_from list" -s n -l no-interaction -d 'Ask nothing'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand company-app; and __fish_seen_subcommand_from list" -l ansi
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand company-app; and __fish_seen_subcommand_from list" -l no-ansi -d 'No colours (none are used)'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand company-app; and __fish_seen_subcommand_from list" -s h -l help -d 'Print help'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand company-app; and __fish_seen_subcommand_from ls" -l limit -d 'At most so many rows' -r
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand company-app; and __fish_seen_subcommand_from ls" -l offset -d 'Leave out so many rows first' -r
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand company-app; and __fish_seen_subcommand_from ls" -l order -d 'A (ascending by id), D (descending), or a column to order by' -r
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand company-app; and __fish_seen_subcommand_from ls" -l fields -d 'Only these fields, with commas between' -r
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand company-app; and __fish_seen_subcommand_from ls" -l company_id -d 'The company, by its id' -r
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand company-app; and __fish_seen_subcommand_from ls" -l company -d 'The company, by its slug or id' -r
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand company-app; and __fish_seen_subcommand_from ls" -l app_id -d 'The application, by its id' -r
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand company-app; and __fish_seen_subcommand_from ls" -l app_uuid -d 'The application, by its UUID' -r
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand company-app; and __fish_seen_subcommand_from ls" -l app -d 'The application, by its name or executable' -r
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand company-app; and __fish_seen_subcommand_from ls" -s f -l format -d 'How to print the result' -r -f -a "text\t''
json\t''
csv\t''"
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand company-app; and __fish_seen_subcommand_from ls" -s e -l environment -d 'Read settings from this file instead of /etc/multiflexi/multiflexi.env' -r -F
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand company-app; and __fish_seen_subcommand_from ls" -s v -l verbose -d 'After a create or update print the whole record'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand company-app; and __fish_seen_subcommand_from ls" -s q -l quiet -d 'Print no sentences, only data and errors'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand company-app; and __fish_seen_subcommand_from ls" -l silent -d 'Print nothing at all, not even errors: the exit code tells'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand company-app; and __fish_seen_subcommand_from ls" -s n -l no-interaction -d 'Ask nothing'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand company-app; and __fish_seen_subcommand_from ls" -l ansi
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand company-app; and __fish_seen_subcommand_from ls" -l no-ansi -d 'No colours (none are used)'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand company-app; and __fish_seen_subcommand_from ls" -s h -l help -d 'Print help'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand company-app; and __fish_seen_subcommand_from assign" -l company_id -d 'The company, by its id' -r
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand company-app; and __fish_seen_subcommand_from assign" -l company -d 'The company, by its slug or id' -r
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand company-app; and __fish_seen_subcommand_from assign" -l app_id -d 'The application, by its id' -r
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand company-app; and __fish_seen_subcommand_from assign" -l app_uuid -d 'The application, by its UUID' -r
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand company-app; and __fish_seen_subcommand_from assign" -l app -d 'The application, by its name or executable' -r
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand company-app; and __fish_seen_subcommand_from assign" -s f -l format -d 'How to print the result' -r -f -a "text\t''
json\t''"
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand company-app; and __fish_seen_subcommand_from assign" -s e -l environment -d 'Read settings from this file instead of /etc/multiflexi/multiflexi.env' -r -F
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand company-app; and __fish_seen_subcommand_from assign" -s v -l verbose -d 'After a create or update print the whole record'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand company-app; and __fish_seen_subcommand_from assign" -s q -l quiet -d 'Print no sentences, only data and errors'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand company-app; and __fish_seen_subcommand_from assign" -l silent -d 'Print nothing at all, not even errors: the exit code tells'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand company-app; and __fish_seen_subcommand_from assign" -s n -l no-interaction -d 'Ask nothing'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand company-app; and __fish_seen_subcommand_from assign" -l ansi
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand company-app; and __fish_seen_subcommand_from assign" -l no-ansi -d 'No colours (none are used)'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand company-app; and __fish_seen_subcommand_from assign" -s h -l help -d 'Print help'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand company-app; and __fish_seen_subcommand_from unassign" -l company_id -d 'The company, by its id' -r
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand company-app; and __fish_seen_subcommand_from unassign" -l company -d 'The company, by its slug or id' -r
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand company-app; and __fish_seen_subcommand_from unassign" -l app_id -d 'The application, by its id' -r
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand company-app; and __fish_seen_subcommand_from unassign" -l app_uuid -d 'The application, by its UUID' -r
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand company-app; and __fish_seen_subcommand_from unassign" -l app -d 'The application, by its name or executable' -r
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand company-app; and __fish_seen_subcommand_from unassign" -s f -l format -d 'How to print the result' -r -f -a "text\t''
json\t''"
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand company-app; and __fish_seen_subcommand_from unassign" -s e -l environment -d 'Read settings from this file instead of /etc/multiflexi/multiflexi.env' -r -F
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand company-app; and __fish_seen_subcommand_from unassign" -l dry-run -d 'Only say what would be done'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand company-app; and __fish_seen_subcommand_from unassign" -s y -l yes -d 'Do not ask, also on a terminal'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand company-app; and __fish_seen_subcommand_from unassign" -s v -l verbose -d 'After a create or update print the whole record'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand company-app; and __fish_seen_subcommand_from unassign" -s q -l quiet -d 'Print no sentences, only data and errors'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand company-app; and __fish_seen_subcommand_from unassign" -l silent -d 'Print nothing at all, not even errors: the exit code tells'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand company-app; and __fish_seen_subcommand_from unassign" -s n -l no-interaction -d 'Ask nothing'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand company-app; and __fish_seen_subcommand_from unassign" -l ansi
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand company-app; and __fish_seen_subcommand_from unassign" -l no-ansi -d 'No colours (none are used)'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand company-app; and __fish_seen_subcommand_from unassign" -s h -l help -d 'Print help'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand runtemplate; and not __fish_seen_subcommand_from list ls get show create update delete rm schedule run clone stale assign-credential unassign-credential list-credentials" -s h -l help -d 'Print help'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand runtemplate; and not __fish_seen_subcommand_from list ls get show create update delete rm schedule run clone stale assign-credential unassign-credential list-credentials" -f -a "list" -d 'List runtemplates'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand runtemplate; and not __fish_seen_subcommand_from list ls get show create update delete rm schedule run clone stale assign-credential unassign-credential list-credentials" -f -a "ls" -d 'List runtemplates'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand runtemplate; and not __fish_seen_subcommand_from list ls get show create update delete rm schedule run clone stale assign-credential unassign-credential list-credentials" -f -a "get" -d 'Show a runtemplate with its settings'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand runtemplate; and not __fish_seen_subcommand_from list ls get show create update delete rm schedule run clone stale assign-credential unassign-credential list-credentials" -f -a "show" -d 'Show a runtemplate with its settings'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand runtemplate; and not __fish_seen_subcommand_from list ls get show create update delete rm schedule run clone stale assign-credential unassign-credential list-credentials" -f -a "create" -d 'Create a runtemplate'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand runtemplate; and not __fish_seen_subcommand_from list ls get show create update delete rm schedule run clone stale assign-credential unassign-credential list-credentials" -f -a "update" -d 'Change a runtemplate'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand runtemplate; and not __fish_seen_subcommand_from list ls get show create update delete rm schedule run clone stale assign-credential unassign-credential list-credentials" -f -a "delete" -d 'Delete a runtemplate and all that hangs on it'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand runtemplate; and not __fish_seen_subcommand_from list ls get show create update delete rm schedule run clone stale assign-credential unassign-credential list-credentials" -f -a "rm" -d 'Delete a runtemplate and all that hangs on it'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand runtemplate; and not __fish_seen_subcommand_from list ls get show create update delete rm schedule run clone stale assign-credential unassign-credential list-credentials" -f -a "schedule" -d 'Make a job of a runtemplate'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand runtemplate; and not __fish_seen_subcommand_from list ls get show create update delete rm schedule run clone stale assign-credential unassign-credential list-credentials" -f -a "run" -d 'Make a job of a runtemplate and run it at once'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand runtemplate; and not __fish_seen_subcommand_from list ls get show create update delete rm schedule run clone stale assign-credential unassign-credential list-credentials" -f -a "clone" -d 'Copy a runtemplate; the copy is not active'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand runtemplate; and not __fish_seen_subcommand_from list ls get show create update delete rm schedule run clone stale assign-credential unassign-credential list-credentials" -f -a "stale" -d 'List runtemplates whose next run lies in the past'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand runtemplate; and not __fish_seen_subcommand_from list ls get show create update delete rm schedule run clone stale assign-credential unassign-credential list-credentials" -f -a "assign-credential" -d 'Give a runtemplate\'s jobs a credential'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand runtemplate; and not __fish_seen_subcommand_from list ls get show create update delete rm schedule run clone stale assign-credential unassign-credential list-credentials" -f -a "unassign-credential" -d 'Take a credential from a runtemplate'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand runtemplate; and not __fish_seen_subcommand_from list ls get show create update delete rm schedule run clone stale assign-credential unassign-credential list-credentials" -f -a "list-credentials" -d 'List a runtemplate\'s credentials'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand runtemplate; and __fish_seen_subcommand_from list" -l limit -d 'At most so many rows' -r
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand runtemplate; and __fish_seen_subcommand_from list" -l offset -d 'Leave out so many rows first' -r
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand runtemplate; and __fish_seen_subcommand_from list" -l order -d 'A (ascending by id), D (descending), or a column to order by' -r
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand runtemplate; and __fish_seen_subcommand_from list" -l fields -d 'Only these fields, with commas between' -r
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand runtemplate; and __fish_seen_subcommand_from list" -l app_id -d 'The application, by its id' -r
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand runtemplate; and __fish_seen_subcommand_from list" -l app_uuid -d 'The application, by its UUID' -r
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand runtemplate; and __fish_seen_subcommand_from list" -l app -d 'The application, by its name or executable' -r
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand runtemplate; and __fish_seen_subcommand_from list" -l company_id -d 'The company, by its id' -r
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand runtemplate; and __fish_seen_subcommand_from list" -l company -d 'The company, by its slug or id' -r
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand runtemplate; and __fish_seen_subcommand_from list" -s f -l format -d 'How to print the result' -r -f -a "text\t''
json\t''
csv\t''"
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand runtemplate; and __fish_seen_subcommand_from list" -s e -l environment -d 'Read settings from this file instead of /etc/multiflexi/multiflexi.env' -r -F
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand runtemplate; and __fish_seen_subcommand_from list" -s v -l verbose -d 'After a create or update print the whole record'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand runtemplate; and __fish_seen_subcommand_from list" -s q -l quiet -d 'Print no sentences, only data and errors'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand runtemplate; and __fish_seen_subcommand_from list" -l silent -d 'Print nothing at all, not even errors: the exit code tells'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand runtemplate; and __fish_seen_subcommand_from list" -s n -l no-interaction -d 'Ask nothing'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand runtemplate; and __fish_seen_subcommand_from list" -l ansi
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand runtemplate; and __fish_seen_subcommand_from list" -l no-ansi -d 'No colours (none are used)'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand runtemplate; and __fish_seen_subcommand_from list" -s h -l help -d 'Print help'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand runtemplate; and __fish_seen_subcommand_from ls" -l limit -d 'At most so many rows' -r
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand runtemplate; and __fish_seen_subcommand_from ls" -l offset -d 'Leave out so many rows first' -r
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand runtemplate; and __fish_seen_subcommand_from ls" -l order -d 'A (ascending by id), D (descending), or a column to order by' -r
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand runtemplate; and __fish_seen_subcommand_from ls" -l fields -d 'Only these fields, with commas between' -r
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand runtemplate; and __fish_seen_subcommand_from ls" -l app_id -d 'The application, by its id' -r
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand runtemplate; and __fish_seen_subcommand_from ls" -l app_uuid -d 'The application, by its UUID' -r
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand runtemplate; and __fish_seen_subcommand_from ls" -l app -d 'The application, by its name or executable' -r
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand runtemplate; and __fish_seen_subcommand_from ls" -l company_id -d 'The company, by its id' -r
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand runtemplate; and __fish_seen_subcommand_from ls" -l company -d 'The company, by its slug or id' -r
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand runtemplate; and __fish_seen_subcommand_from ls" -s f -l format -d 'How to print the result' -r -f -a "text\t''
json\t''
csv\t''"
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand runtemplate; and __fish_seen_subcommand_from ls" -s e -l environment -d 'Read settings from this file instead of /etc/multiflexi/multiflexi.env' -r -F
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand runtemplate; and __fish_seen_subcommand_from ls" -s v -l verbose -d 'After a create or update print the whole record'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand runtemplate; and __fish_seen_subcommand_from ls" -s q -l quiet -d 'Print no sentences, only data and errors'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand runtemplate; and __fish_seen_subcommand_from ls" -l silent -d 'Print nothing at all, not even errors: the exit code tells'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand runtemplate; and __fish_seen_subcommand_from ls" -s n -l no-interaction -d 'Ask nothing'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand runtemplate; and __fish_seen_subcommand_from ls" -l ansi
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand runtemplate; and __fish_seen_subcommand_from ls" -l no-ansi -d 'No colours (none are used)'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand runtemplate; and __fish_seen_subcommand_from ls" -s h -l help -d 'Print help'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand runtemplate; and __fish_seen_subcommand_from get" -l name -d 'By its name' -r
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand runtemplate; and __fish_seen_subcommand_from get" -l fields -d 'Only these fields, with commas between' -r
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand runtemplate; and __fish_seen_subcommand_from get" -l id -d 'By its id' -r
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand runtemplate; and __fish_seen_subcommand_from get" -s f -l format -d 'How to print the result' -r -f -a "text\t''
json\t''"
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand runtemplate; and __fish_seen_subcommand_from get" -s e -l environment -d 'Read settings from this file instead of /etc/multiflexi/multiflexi.env' -r -F
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand runtemplate; and __fish_seen_subcommand_from get" -l export -d 'Print the command that makes it in another database, without its secrets'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand runtemplate; and __fish_seen_subcommand_from get" -s v -l verbose -d 'After a create or update print the whole record'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand runtemplate; and __fish_seen_subcommand_from get" -s q -l quiet -d 'Print no sentences, only data and errors'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand runtemplate; and __fish_seen_subcommand_from get" -l silent -d 'Print nothing at all, not even errors: the exit code tells'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand runtemplate; and __fish_seen_subcommand_from get" -s n -l no-interaction -d 'Ask nothing'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand runtemplate; and __fish_seen_subcommand_from get" -l ansi
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand runtemplate; and __fish_seen_subcommand_from get" -l no-ansi -d 'No colours (none are used)'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand runtemplate; and __fish_seen_subcommand_from get" -s h -l help -d 'Print help'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand runtemplate; and __fish_seen_subcommand_from show" -l name -d 'By its name' -r
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand runtemplate; and __fish_seen_subcommand_from show" -l fields -d 'Only these fields, with commas between' -r
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand runtemplate; and __fish_seen_subcommand_from show" -l id -d 'By its id' -r
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand runtemplate; and __fish_seen_subcommand_from show" -s f -l format -d 'How to print the result' -r -f -a "text\t''
json\t''"
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand runtemplate; and __fish_seen_subcommand_from show" -s e -l environment -d 'Read settings from this file instead of /etc/multiflexi/multiflexi.env' -r -F
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand runtemplate; and __fish_seen_subcommand_from show" -l export -d 'Print the command that makes it in another database, without its secrets'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand runtemplate; and __fish_seen_subcommand_from show" -s v -l verbose -d 'After a create or update print the whole record'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand runtemplate; and __fish_seen_subcommand_from show" -s q -l quiet -d 'Print no sentences, only data and errors'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand runtemplate; and __fish_seen_subcommand_from show" -l silent -d 'Print nothing at all, not even errors: the exit code tells'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand runtemplate; and __fish_seen_subcommand_from show" -s n -l no-interaction -d 'Ask nothing'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand runtemplate; and __fish_seen_subcommand_from show" -l ansi
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand runtemplate; and __fish_seen_subcommand_from show" -l no-ansi -d 'No colours (none are used)'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand runtemplate; and __fish_seen_subcommand_from show" -s h -l help -d 'Print help'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand runtemplate; and __fish_seen_subcommand_from create" -l name -d 'Its name' -r
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand runtemplate; and __fish_seen_subcommand_from create" -l interv -d 'How often: n (never), i (each minute), h, d, w, m, y, c (by --cron), or the word (daily) [default: n]' -r
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand runtemplate; and __fish_seen_subcommand_from create" -l cron -d 'When to run, for --interv=c: five cron fields' -r
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand runtemplate; and __fish_seen_subcommand_from create" -l active -d 'May it run? [default: 1]' -r
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand runtemplate; and __fish_seen_subcommand_from create" -l executor -d 'What runs it [default: Native]' -r -f -a "Native\t''
Kubernetes\t''
Docker\t''
Podman\t''
Azure\t''"
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand runtemplate; and __fish_seen_subcommand_from create" -l deadline_offset -d 'When a window\'s job must be done: +3h or +30m from its start, or 08:00; \'\' for the window\'s end' -r
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand runtemplate; and __fish_seen_subcommand_from create" -l max_attempts -d 'How often a failed job of one window is tried [default: 1]' -r
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand runtemplate; and __fish_seen_subcommand_from create" -l retry_backoff -d 'How the pause between attempts grows [default: none]' -r -f -a "none\t''
fixed\t''
linear\t''
exponential\t''"
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand runtemplate; and __fish_seen_subcommand_from create" -l retry_min_gap -d 'Seconds between attempts at least [default: 0]' -r
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand runtemplate; and __fish_seen_subcommand_from create" -l allow_late -d 'Does a success after the deadline count? [default: 0]' -r
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand runtemplate; and __fish_seen_subcommand_from create" -l app_id -d 'The application, by its id' -r
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand runtemplate; and __fish_seen_subcommand_from create" -l app_uuid -d 'The application, by its UUID' -r
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand runtemplate; and __fish_seen_subcommand_from create" -l app -d 'The application, by its name or executable' -r
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand runtemplate; and __fish_seen_subcommand_from create" -l company_id -d 'The company, by its id' -r
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand runtemplate; and __fish_seen_subcommand_from create" -l company -d 'The company, by its slug or id' -r
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand runtemplate; and __fish_seen_subcommand_from create" -l config -d 'A setting of the application; may be given several times' -r
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand runtemplate; and __fish_seen_subcommand_from create" -s f -l format -d 'How to print the result' -r -f -a "text\t''
json\t''"
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand runtemplate; and __fish_seen_subcommand_from create" -s e -l environment -d 'Read settings from this file instead of /etc/multiflexi/multiflexi.env' -r -F
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand runtemplate; and __fish_seen_subcommand_from create" -s v -l verbose -d 'After a create or update print the whole record'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand runtemplate; and __fish_seen_subcommand_from create" -s q -l quiet -d 'Print no sentences, only data and errors'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand runtemplate; and __fish_seen_subcommand_from create" -l silent -d 'Print nothing at all, not even errors: the exit code tells'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand runtemplate; and __fish_seen_subcommand_from create" -s n -l no-interaction -d 'Ask nothing'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand runtemplate; and __fish_seen_subcommand_from create" -l ansi
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand runtemplate; and __fish_seen_subcommand_from create" -l no-ansi -d 'No colours (none are used)'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand runtemplate; and __fish_seen_subcommand_from create" -s h -l help -d 'Print help'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand runtemplate; and __fish_seen_subcommand_from update" -l name -d 'Its name' -r
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand runtemplate; and __fish_seen_subcommand_from update" -l interv -d 'How often: n (never), i (each minute), h, d, w, m, y, c (by --cron), or the word (daily)' -r
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand runtemplate; and __fish_seen_subcommand_from update" -l cron -d 'When to run, for --interv=c: five cron fields' -r
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand runtemplate; and __fish_seen_subcommand_from update" -l active -d 'May it run?' -r
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand runtemplate; and __fish_seen_subcommand_from update" -l executor -d 'What runs it' -r -f -a "Native\t''
Kubernetes\t''
Docker\t''
Podman\t''
Azure\t''"
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand runtemplate; and __fish_seen_subcommand_from update" -l deadline_offset -d 'When a window\'s job must be done: +3h or +30m from its start, or 08:00; \'\' for the window\'s end' -r
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand runtemplate; and __fish_seen_subcommand_from update" -l max_attempts -d 'How often a failed job of one window is tried' -r
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand runtemplate; and __fish_seen_subcommand_from update" -l retry_backoff -d 'How the pause between attempts grows' -r -f -a "none\t''
fixed\t''
linear\t''
exponential\t''"
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand runtemplate; and __fish_seen_subcommand_from update" -l retry_min_gap -d 'Seconds between attempts at least' -r
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand runtemplate; and __fish_seen_subcommand_from update" -l allow_late -d 'Does a success after the deadline count?' -r
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand runtemplate; and __fish_seen_subcommand_from update" -l app_id -d 'The application, by its id' -r
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand runtemplate; and __fish_seen_subcommand_from update" -l app_uuid -d 'The application, by its UUID' -r
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand runtemplate; and __fish_seen_subcommand_from update" -l app -d 'The application, by its name or executable' -r
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand runtemplate; and __fish_seen_subcommand_from update" -l company_id -d 'The company, by its id' -r
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand runtemplate; and __fish_seen_subcommand_from update" -l company -d 'The company, by its slug or id' -r
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand runtemplate; and __fish_seen_subcommand_from update" -l config -d 'A setting of the application; may be given several times' -r
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand runtemplate; and __fish_seen_subcommand_from update" -l id -d 'Its id' -r
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand runtemplate; and __fish_seen_subcommand_from update" -s f -l format -d 'How to print the result' -r -f -a "text\t''
json\t''"
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand runtemplate; and __fish_seen_subcommand_from update" -s e -l environment -d 'Read settings from this file instead of /etc/multiflexi/multiflexi.env' -r -F
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand runtemplate; and __fish_seen_subcommand_from update" -s v -l verbose -d 'After a create or update print the whole record'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand runtemplate; and __fish_seen_subcommand_from update" -s q -l quiet -d 'Print no sentences, only data and errors'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand runtemplate; and __fish_seen_subcommand_from update" -l silent -d 'Print nothing at all, not even errors: the exit code tells'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand runtemplate; and __fish_seen_subcommand_from update" -s n -l no-interaction -d 'Ask nothing'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand runtemplate; and __fish_seen_subcommand_from update" -l ansi
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand runtemplate; and __fish_seen_subcommand_from update" -l no-ansi -d 'No colours (none are used)'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand runtemplate; and __fish_seen_subcommand_from update" -s h -l help -d 'Print help'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand runtemplate; and __fish_seen_subcommand_from delete" -l name -d 'By its name' -r
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand runtemplate; and __fish_seen_subcommand_from delete" -l id -d 'By its id' -r
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand runtemplate; and __fish_seen_subcommand_from delete" -s f -l format -d 'How to print the result' -r -f -a "text\t''
json\t''"
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand runtemplate; and __fish_seen_subcommand_from delete" -s e -l environment -d 'Read settings from this file instead of /etc/multiflexi/multiflexi.env' -r -F
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand runtemplate; and __fish_seen_subcommand_from delete" -l dry-run -d 'Only say what would be done'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand runtemplate; and __fish_seen_subcommand_from delete" -s y -l yes -d 'Do not ask, also on a terminal'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand runtemplate; and __fish_seen_subcommand_from delete" -s v -l verbose -d 'After a create or update print the whole record'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand runtemplate; and __fish_seen_subcommand_from delete" -s q -l quiet -d 'Print no sentences, only data and errors'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand runtemplate; and __fish_seen_subcommand_from delete" -l silent -d 'Print nothing at all, not even errors: the exit code tells'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand runtemplate; and __fish_seen_subcommand_from delete" -s n -l no-interaction -d 'Ask nothing'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand runtemplate; and __fish_seen_subcommand_from delete" -l ansi
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand runtemplate; and __fish_seen_subcommand_from delete" -l no-ansi -d 'No colours (none are used)'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand runtemplate; and __fish_seen_subcommand_from delete" -s h -l help -d 'Print help'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand runtemplate; and __fish_seen_subcommand_from rm" -l name -d 'By its name' -r
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand runtemplate; and __fish_seen_subcommand_from rm" -l id -d 'By its id' -r
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand runtemplate; and __fish_seen_subcommand_from rm" -s f -l format -d 'How to print the result' -r -f -a "text\t''
json\t''"
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand runtemplate; and __fish_seen_subcommand_from rm" -s e -l environment -d 'Read settings from this file instead of /etc/multiflexi/multiflexi.env' -r -F
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand runtemplate; and __fish_seen_subcommand_from rm" -l dry-run -d 'Only say what would be done'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand runtemplate; and __fish_seen_subcommand_from rm" -s y -l yes -d 'Do not ask, also on a terminal'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand runtemplate; and __fish_seen_subcommand_from rm" -s v -l verbose -d 'After a create or update print the whole record'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand runtemplate; and __fish_seen_subcommand_from rm" -s q -l quiet -d 'Print no sentences, only data and errors'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand runtemplate; and __fish_seen_subcommand_from rm" -l silent -d 'Print nothing at all, not even errors: the exit code tells'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand runtemplate; and __fish_seen_subcommand_from rm" -s n -l no-interaction -d 'Ask nothing'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand runtemplate; and __fish_seen_subcommand_from rm" -l ansi
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand runtemplate; and __fish_seen_subcommand_from rm" -l no-ansi -d 'No colours (none are used)'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand runtemplate; and __fish_seen_subcommand_from rm" -s h -l help -d 'Print help'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand runtemplate; and __fish_seen_subcommand_from schedule" -l name -d 'The runtemplate, by its name' -r
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand runtemplate; and __fish_seen_subcommand_from schedule" -l schedule_time -d 'When to run: now, 2026-12-31 18:30, +1 hour, tomorrow 6:00' -r
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand runtemplate; and __fish_seen_subcommand_from schedule" -l executor -d 'What runs it, instead of the runtemplate\'s executor' -r -f -a "Native\t''
Kubernetes\t''
Docker\t''
Podman\t''
Azure\t''"
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand runtemplate; and __fish_seen_subcommand_from schedule" -l config -d 'A setting for this job only; may be given several times' -r
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand runtemplate; and __fish_seen_subcommand_from schedule" -l env -d 'A variable for this job only; may be given several times' -r
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand runtemplate; and __fish_seen_subcommand_from schedule" -l schedule_type -d 'Accepted for older callers; the suite ignores it too' -r
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand runtemplate; and __fish_seen_subcommand_from schedule" -l id -d 'The runtemplate, by its id; a name is taken too' -r
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand runtemplate; and __fish_seen_subcommand_from schedule" -s f -l format -d 'How to print the result' -r -f -a "text\t''
json\t''"
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand runtemplate; and __fish_seen_subcommand_from schedule" -s e -l environment -d 'Read settings from this file instead of /etc/multiflexi/multiflexi.env' -r -F
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand runtemplate; and __fish_seen_subcommand_from schedule" -s v -l verbose -d 'After a create or update print the whole record'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand runtemplate; and __fish_seen_subcommand_from schedule" -s q -l quiet -d 'Print no sentences, only data and errors'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand runtemplate; and __fish_seen_subcommand_from schedule" -l silent -d 'Print nothing at all, not even errors: the exit code tells'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand runtemplate; and __fish_seen_subcommand_from schedule" -s n -l no-interaction -d 'Ask nothing'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand runtemplate; and __fish_seen_subcommand_from schedule" -l ansi
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand runtemplate; and __fish_seen_subcommand_from schedule" -l no-ansi -d 'No colours (none are used)'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand runtemplate; and __fish_seen_subcommand_from schedule" -s h -l help -d 'Print help'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand runtemplate; and __fish_seen_subcommand_from run" -l name -d 'The runtemplate, by its name' -r
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand runtemplate; and __fish_seen_subcommand_from run" -l executor -d 'What runs it, instead of the runtemplate\'s executor' -r -f -a "Native\t''
Kubernetes\t''
Docker\t''
Podman\t''
Azure\t''"
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand runtemplate; and __fish_seen_subcommand_from run" -l config -d 'A setting for this job only; may be given several times' -r
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand runtemplate; and __fish_seen_subcommand_from run" -l env -d 'A variable for this job only; may be given several times' -r
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand runtemplate; and __fish_seen_subcommand_from run" -l schedule_type -d 'Accepted for older callers; the suite ignores it too' -r
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand runtemplate; and __fish_seen_subcommand_from run" -l timeout -d 'End the program after so long: 90, 90s, 15m, 2h; without a limit unless given' -r
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand runtemplate; and __fish_seen_subcommand_from run" -l kubeconfig -d 'Kubernetes: the kubeconfig to use' -r -F
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand runtemplate; and __fish_seen_subcommand_from run" -l context -d 'Kubernetes: the context to use' -r
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand runtemplate; and __fish_seen_subcommand_from run" -l pod-overrides -d 'Kubernetes: JSON that is merged into the pod (strategic merge); its container without a name is the job\'s' -r -F
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand runtemplate; and __fish_seen_subcommand_from run" -l recorder-image -d 'Kubernetes: an image with a static busybox (busybox:musl), which lends the recorder shell and tools where the application\'s has none' -r
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand runtemplate; and __fish_seen_subcommand_from run" -l hold -d 'Kubernetes: how long the pod holds its results for us; 15m unless given' -r
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand runtemplate; and __fish_seen_subcommand_from run" -l artifact-limit -d 'The largest artifact to store, in MiB; 64 unless given' -r
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand runtemplate; and __fish_seen_subcommand_from run" -l schedule_time -d 'When to run: now, 2026-12-31 18:30, +1 hour, tomorrow 6:00' -r
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand runtemplate; and __fish_seen_subcommand_from run" -l id -d 'The runtemplate, by its id; a name is taken too' -r
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand runtemplate; and __fish_seen_subcommand_from run" -s f -l format -d 'How to print the result' -r -f -a "text\t''
json\t''"
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand runtemplate; and __fish_seen_subcommand_from run" -s e -l environment -d 'Read settings from this file instead of /etc/multiflexi/multiflexi.env' -r -F
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand runtemplate; and __fish_seen_subcommand_from run" -l repair-release -d 'Kubernetes: mend a release that a killed helm left pending'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand runtemplate; and __fish_seen_subcommand_from run" -l raw -d 'Show the job\'s streams as they are on a terminal too, whatever they do to it'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand runtemplate; and __fish_seen_subcommand_from run" -s v -l verbose -d 'After a create or update print the whole record'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand runtemplate; and __fish_seen_subcommand_from run" -s q -l quiet -d 'Print no sentences, only data and errors'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand runtemplate; and __fish_seen_subcommand_from run" -l silent -d 'Print nothing at all, not even errors: the exit code tells'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand runtemplate; and __fish_seen_subcommand_from run" -s n -l no-interaction -d 'Ask nothing'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand runtemplate; and __fish_seen_subcommand_from run" -l ansi
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand runtemplate; and __fish_seen_subcommand_from run" -l no-ansi -d 'No colours (none are used)'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand runtemplate; and __fish_seen_subcommand_from run" -s h -l help -d 'Print help'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand runtemplate; and __fish_seen_subcommand_from clone" -l name -d 'By its name' -r
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand runtemplate; and __fish_seen_subcommand_from clone" -l new_name -d 'The copy\'s name; the original\'s with "(copy)" behind it unless given' -r
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand runtemplate; and __fish_seen_subcommand_from clone" -l id -d 'By its id' -r
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand runtemplate; and __fish_seen_subcommand_from clone" -s f -l format -d 'How to print the result' -r -f -a "text\t''
json\t''"
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand runtemplate; and __fish_seen_subcommand_from clone" -s e -l environment -d 'Read settings from this file instead of /etc/multiflexi/multiflexi.env' -r -F
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand runtemplate; and __fish_seen_subcommand_from clone" -s v -l verbose -d 'After a create or update print the whole record'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand runtemplate; and __fish_seen_subcommand_from clone" -s q -l quiet -d 'Print no sentences, only data and errors'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand runtemplate; and __fish_seen_subcommand_from clone" -l silent -d 'Print nothing at all, not even errors: the exit code tells'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand runtemplate; and __fish_seen_subcommand_from clone" -s n -l no-interaction -d 'Ask nothing'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand runtemplate; and __fish_seen_subcommand_from clone" -l ansi
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand runtemplate; and __fish_seen_subcommand_from clone" -l no-ansi -d 'No colours (none are used)'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand runtemplate; and __fish_seen_subcommand_from clone" -s h -l help -d 'Print help'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand runtemplate; and __fish_seen_subcommand_from stale" -l tolerance-hours -d 'How many hours the next run may lie in the past' -r
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand runtemplate; and __fish_seen_subcommand_from stale" -s f -l format -d 'How to print the result' -r -f -a "text\t''
json\t''"
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand runtemplate; and __fish_seen_subcommand_from stale" -s e -l environment -d 'Read settings from this file instead of /etc/multiflexi/multiflexi.env' -r -F
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand runtemplate; and __fish_seen_subcommand_from stale" -s v -l verbose -d 'After a create or update print the whole record'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand runtemplate; and __fish_seen_subcommand_from stale" -s q -l quiet -d 'Print no sentences, only data and errors'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand runtemplate; and __fish_seen_subcommand_from stale" -l silent -d 'Print nothing at all, not even errors: the exit code tells'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand runtemplate; and __fish_seen_subcommand_from stale" -s n -l no-interaction -d 'Ask nothing'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand runtemplate; and __fish_seen_subcommand_from stale" -l ansi
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand runtemplate; and __fish_seen_subcommand_from stale" -l no-ansi -d 'No colours (none are used)'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand runtemplate; and __fish_seen_subcommand_from stale" -s h -l help -d 'Print help'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand runtemplate; and __fish_seen_subcommand_from assign-credential" -l credential_id -d 'The credential' -r
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand runtemplate; and __fish_seen_subcommand_from assign-credential" -l id -d 'The runtemplate' -r
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand runtemplate; and __fish_seen_subcommand_from assign-credential" -s f -l format -d 'How to print the result' -r -f -a "text\t''
json\t''"
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand runtemplate; and __fish_seen_subcommand_from assign-credential" -s e -l environment -d 'Read settings from this file instead of /etc/multiflexi/multiflexi.env' -r -F
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand runtemplate; and __fish_seen_subcommand_from assign-credential" -s v -l verbose -d 'After a create or update print the whole record'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand runtemplate; and __fish_seen_subcommand_from assign-credential" -s q -l quiet -d 'Print no sentences, only data and errors'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand runtemplate; and __fish_seen_subcommand_from assign-credential" -l silent -d 'Print nothing at all, not even errors: the exit code tells'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand runtemplate; and __fish_seen_subcommand_from assign-credential" -s n -l no-interaction -d 'Ask nothing'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand runtemplate; and __fish_seen_subcommand_from assign-credential" -l ansi
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand runtemplate; and __fish_seen_subcommand_from assign-credential" -l no-ansi -d 'No colours (none are used)'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand runtemplate; and __fish_seen_subcommand_from assign-credential" -s h -l help -d 'Print help'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand runtemplate; and __fish_seen_subcommand_from unassign-credential" -l credential_id -d 'The credential' -r
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand runtemplate; and __fish_seen_subcommand_from unassign-credential" -l id -d 'The runtemplate' -r
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand runtemplate; and __fish_seen_subcommand_from unassign-credential" -s f -l format -d 'How to print the result' -r -f -a "text\t''
json\t''"
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand runtemplate; and __fish_seen_subcommand_from unassign-credential" -s e -l environment -d 'Read settings from this file instead of /etc/multiflexi/multiflexi.env' -r -F
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand runtemplate; and __fish_seen_subcommand_from unassign-credential" -s v -l verbose -d 'After a create or update print the whole record'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand runtemplate; and __fish_seen_subcommand_from unassign-credential" -s q -l quiet -d 'Print no sentences, only data and errors'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand runtemplate; and __fish_seen_subcommand_from unassign-credential" -l silent -d 'Print nothing at all, not even errors: the exit code tells'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand runtemplate; and __fish_seen_subcommand_from unassign-credential" -s n -l no-interaction -d 'Ask nothing'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand runtemplate; and __fish_seen_subcommand_from unassign-credential" -l ansi
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand runtemplate; and __fish_seen_subcommand_from unassign-credential" -l no-ansi -d 'No colours (none are used)'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand runtemplate; and __fish_seen_subcommand_from unassign-credential" -s h -l help -d 'Print help'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand runtemplate; and __fish_seen_subcommand_from list-credentials" -l id -d 'The runtemplate' -r
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand runtemplate; and __fish_seen_subcommand_from list-credentials" -s f -l format -d 'How to print the result' -r -f -a "text\t''
json\t''
csv\t''"
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand runtemplate; and __fish_seen_subcommand_from list-credentials" -s e -l environment -d 'Read settings from this file instead of /etc/multiflexi/multiflexi.env' -r -F
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand runtemplate; and __fish_seen_subcommand_from list-credentials" -s v -l verbose -d 'After a create or update print the whole record'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand runtemplate; and __fish_seen_subcommand_from list-credentials" -s q -l quiet -d 'Print no sentences, only data and errors'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand runtemplate; and __fish_seen_subcommand_from list-credentials" -l silent -d 'Print nothing at all, not even errors: the exit code tells'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand runtemplate; and __fish_seen_subcommand_from list-credentials" -s n -l no-interaction -d 'Ask nothing'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand runtemplate; and __fish_seen_subcommand_from list-credentials" -l ansi
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand runtemplate; and __fish_seen_subcommand_from list-credentials" -l no-ansi -d 'No colours (none are used)'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand runtemplate; and __fish_seen_subcommand_from list-credentials" -s h -l help -d 'Print help'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand job; and not __fish_seen_subcommand_from list ls get show status create update delete rm output logs cancel stop retry cleanup recover run" -s h -l help -d 'Print help'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand job; and not __fish_seen_subcommand_from list ls get show status create update delete rm output logs cancel stop retry cleanup recover run" -f -a "list" -d 'List jobs'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand job; and not __fish_seen_subcommand_from list ls get show status create update delete rm output logs cancel stop retry cleanup recover run" -f -a "ls" -d 'List jobs'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand job; and not __fish_seen_subcommand_from list ls get show status create update delete rm output logs cancel stop retry cleanup recover run" -f -a "get" -d 'Show a job with its output'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand job; and not __fish_seen_subcommand_from list ls get show status create update delete rm output logs cancel stop retry cleanup recover run" -f -a "show" -d 'Show a job with its output'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand job; and not __fish_seen_subcommand_from list ls get show status create update delete rm output logs cancel stop retry cleanup recover run" -f -a "status" -d 'Count jobs by how they stand'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand job; and not __fish_seen_subcommand_from list ls get show status create update delete rm output logs cancel stop retry cleanup recover run" -f -a "create" -d 'Make a job that is not in the queue'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand job; and not __fish_seen_subcommand_from list ls get show status create update delete rm output logs cancel stop retry cleanup recover run" -f -a "update" -d 'Change a job that has not begun'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand job; and not __fish_seen_subcommand_from list ls get show status create update delete rm output logs cancel stop retry cleanup recover run" -f -a "delete" -d 'Delete a job with its output and artifacts'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand job; and not __fish_seen_subcommand_from list ls get show status create update delete rm output logs cancel stop retry cleanup recover run" -f -a "rm" -d 'Delete a job with its output and artifacts'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand job; and not __fish_seen_subcommand_from list ls get show status create update delete rm output logs cancel stop retry cleanup recover run" -f -a "output" -d 'Print what a job printed'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand job; and not __fish_seen_subcommand_from list ls get show status create update delete rm output logs cancel stop retry cleanup recover run" -f -a "logs" -d 'Print what a job printed'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand job; and not __fish_seen_subcommand_from list ls get show status create update delete rm output logs cancel stop retry cleanup recover run" -f -a "cancel" -d 'Cancel a job that waits or runs'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand job; and not __fish_seen_subcommand_from list ls get show status create update delete rm output logs cancel stop retry cleanup recover run" -f -a "stop" -d 'Cancel a job that waits or runs'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand job; and not __fish_seen_subcommand_from list ls get show status create update delete rm output logs cancel stop retry cleanup recover run" -f -a "retry" -d 'Make a new job like one that ended'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand job; and not __fish_seen_subcommand_from list ls get show status create update delete rm output logs cancel stop retry cleanup recover run" -f -a "cleanup" -d 'Delete old jobs'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand job; and not __fish_seen_subcommand_from list ls get show status create update delete rm output logs cancel stop retry cleanup recover run" -f -a "recover" -d 'Load a result that could not be saved'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand job; and not __fish_seen_subcommand_from list ls get show status create update delete rm output logs cancel stop retry cleanup recover run" -f -a "run" -d 'Run a job and wait for its end'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand job; and __fish_seen_subcommand_from list" -l limit -d 'At most so many rows' -r
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand job; and __fish_seen_subcommand_from list" -l offset -d 'Leave out so many rows first' -r
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand job; and __fish_seen_subcommand_from list" -l order -d 'A (ascending by id), D (descending), or a column to order by' -r
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand job; and __fish_seen_subcommand_from list" -l fields -d 'Only these fields, with commas between' -r
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand job; and __fish_seen_subcommand_from list" -l runtemplate_id -d 'Its runtemplate' -r
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand job; and __fish_seen_subcommand_from list" -l app_id -d 'Its application' -r
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand job; and __fish_seen_subcommand_from list" -l executor -d 'What runs it' -r -f -a "Native\t''
Kubernetes\t''
Docker\t''
Podman\t''
Azure\t''"
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand job; and __fish_seen_subcommand_from list" -l schedule_type -d 'How it came to be' -r
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand job; and __fish_seen_subcommand_from list" -l status -d 'Only jobs of this state' -r -f -a "pending\t''
running\t''
success\t''
failed\t''"
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand job; and __fish_seen_subcommand_from list" -l company_id -d 'The company, by its id' -r
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand job; and __fish_seen_subcommand_from list" -l company -d 'The company, by its slug or id' -r
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand job; and __fish_seen_subcommand_from list" -s f -l format -d 'How to print the result' -r -f -a "text\t''
json\t''
csv\t''"
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand job; and __fish_seen_subcommand_from list" -s e -l environment -d 'Read settings from this file instead of /etc/multiflexi/multiflexi.env' -r -F
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand job; and __fish_seen_subcommand_from list" -s v -l verbose -d 'After a create or update print the whole record'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand job; and __fish_seen_subcommand_from list" -s q -l quiet -d 'Print no sentences, only data and errors'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand job; and __fish_seen_subcommand_from list" -l silent -d 'Print nothing at all, not even errors: the exit code tells'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand job; and __fish_seen_subcommand_from list" -s n -l no-interaction -d 'Ask nothing'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand job; and __fish_seen_subcommand_from list" -l ansi
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand job; and __fish_seen_subcommand_from list" -l no-ansi -d 'No colours (none are used)'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand job; and __fish_seen_subcommand_from list" -s h -l help -d 'Print help'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand job; and __fish_seen_subcommand_from ls" -l limit -d 'At most so many rows' -r
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand job; and __fish_seen_subcommand_from ls" -l offset -d 'Leave out so many rows first' -r
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand job; and __fish_seen_subcommand_from ls" -l order -d 'A (ascending by id), D (descending), or a column to order by' -r
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand job; and __fish_seen_subcommand_from ls" -l fields -d 'Only these fields, with commas between' -r
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand job; and __fish_seen_subcommand_from ls" -l runtemplate_id -d 'Its runtemplate' -r
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand job; and __fish_seen_subcommand_from ls" -l app_id -d 'Its application' -r
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand job; and __fish_seen_subcommand_from ls" -l executor -d 'What runs it' -r -f -a "Native\t''
Kubernetes\t''
Docker\t''
Podman\t''
Azure\t''"
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand job; and __fish_seen_subcommand_from ls" -l schedule_type -d 'How it came to be' -r
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand job; and __fish_seen_subcommand_from ls" -l status -d 'Only jobs of this state' -r -f -a "pending\t''
running\t''
success\t''
failed\t''"
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand job; and __fish_seen_subcommand_from ls" -l company_id -d 'The company, by its id' -r
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand job; and __fish_seen_subcommand_from ls" -l company -d 'The company, by its slug or id' -r
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand job; and __fish_seen_subcommand_from ls" -s f -l format -d 'How to print the result' -r -f -a "text\t''
json\t''
csv\t''"
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand job; and __fish_seen_subcommand_from ls" -s e -l environment -d 'Read settings from this file instead of /etc/multiflexi/multiflexi.env' -r -F
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand job; and __fish_seen_subcommand_from ls" -s v -l verbose -d 'After a create or update print the whole record'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand job; and __fish_seen_subcommand_from ls" -s q -l quiet -d 'Print no sentences, only data and errors'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand job; and __fish_seen_subcommand_from ls" -l silent -d 'Print nothing at all, not even errors: the exit code tells'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand job; and __fish_seen_subcommand_from ls" -s n -l no-interaction -d 'Ask nothing'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand job; and __fish_seen_subcommand_from ls" -l ansi
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand job; and __fish_seen_subcommand_from ls" -l no-ansi -d 'No colours (none are used)'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand job; and __fish_seen_subcommand_from ls" -s h -l help -d 'Print help'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand job; and __fish_seen_subcommand_from get" -l fields -d 'Only these fields, with commas between' -r
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand job; and __fish_seen_subcommand_from get" -l id -d 'By its id' -r
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand job; and __fish_seen_subcommand_from get" -s f -l format -d 'How to print the result' -r -f -a "text\t''
json\t''"
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand job; and __fish_seen_subcommand_from get" -s e -l environment -d 'Read settings from this file instead of /etc/multiflexi/multiflexi.env' -r -F
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand job; and __fish_seen_subcommand_from get" -l raw -d 'Show its output as it is on a terminal too, whatever it does to that'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand job; and __fish_seen_subcommand_from get" -s v -l verbose -d 'After a create or update print the whole record'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand job; and __fish_seen_subcommand_from get" -s q -l quiet -d 'Print no sentences, only data and errors'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand job; and __fish_seen_subcommand_from get" -l silent -d 'Print nothing at all, not even errors: the exit code tells'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand job; and __fish_seen_subcommand_from get" -s n -l no-interaction -d 'Ask nothing'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand job; and __fish_seen_subcommand_from get" -l ansi
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand job; and __fish_seen_subcommand_from get" -l no-ansi -d 'No colours (none are used)'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand job; and __fish_seen_subcommand_from get" -s h -l help -d 'Print help'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand job; and __fish_seen_subcommand_from show" -l fields -d 'Only these fields, with commas between' -r
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand job; and __fish_seen_subcommand_from show" -l id -d 'By its id' -r
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand job; and __fish_seen_subcommand_from show" -s f -l format -d 'How to print the result' -r -f -a "text\t''
json\t''"
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand job; and __fish_seen_subcommand_from show" -s e -l environment -d 'Read settings from this file instead of /etc/multiflexi/multiflexi.env' -r -F
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand job; and __fish_seen_subcommand_from show" -l raw -d 'Show its output as it is on a terminal too, whatever it does to that'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand job; and __fish_seen_subcommand_from show" -s v -l verbose -d 'After a create or update print the whole record'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand job; and __fish_seen_subcommand_from show" -s q -l quiet -d 'Print no sentences, only data and errors'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand job; and __fish_seen_subcommand_from show" -l silent -d 'Print nothing at all, not even errors: the exit code tells'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand job; and __fish_seen_subcommand_from show" -s n -l no-interaction -d 'Ask nothing'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand job; and __fish_seen_subcommand_from show" -l ansi
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand job; and __fish_seen_subcommand_from show" -l no-ansi -d 'No colours (none are used)'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand job; and __fish_seen_subcommand_from show" -s h -l help -d 'Print help'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand job; and __fish_seen_subcommand_from status" -s f -l format -d 'How to print the result' -r -f -a "text\t''
json\t''"
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand job; and __fish_seen_subcommand_from status" -s e -l environment -d 'Read settings from this file instead of /etc/multiflexi/multiflexi.env' -r -F
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand job; and __fish_seen_subcommand_from status" -s v -l verbose -d 'After a create or update print the whole record'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand job; and __fish_seen_subcommand_from status" -s q -l quiet -d 'Print no sentences, only data and errors'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand job; and __fish_seen_subcommand_from status" -l silent -d 'Print nothing at all, not even errors: the exit code tells'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand job; and __fish_seen_subcommand_from status" -s n -l no-interaction -d 'Ask nothing'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand job; and __fish_seen_subcommand_from status" -l ansi
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand job; and __fish_seen_subcommand_from status" -l no-ansi -d 'No colours (none are used)'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand job; and __fish_seen_subcommand_from status" -s h -l help -d 'Print help'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand job; and __fish_seen_subcommand_from create" -l runtemplate_id -d 'The runtemplate of which to make a job' -r
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand job; and __fish_seen_subcommand_from create" -l scheduled -d 'When it is to run: 2026-12-31 18:30, +1 hour, now' -r
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand job; and __fish_seen_subcommand_from create" -l executor -d 'What runs it, instead of the runtemplate\'s executor' -r -f -a "Native\t''
Kubernetes\t''
Docker\t''
Podman\t''
Azure\t''"
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand job; and __fish_seen_subcommand_from create" -l schedule_type -d 'How it came to be, in the suite\'s words' -r
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand job; and __fish_seen_subcommand_from create" -s f -l format -d 'How to print the result' -r -f -a "text\t''
json\t''"
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand job; and __fish_seen_subcommand_from create" -s e -l environment -d 'Read settings from this file instead of /etc/multiflexi/multiflexi.env' -r -F
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand job; and __fish_seen_subcommand_from create" -s v -l verbose -d 'After a create or update print the whole record'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand job; and __fish_seen_subcommand_from create" -s q -l quiet -d 'Print no sentences, only data and errors'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand job; and __fish_seen_subcommand_from create" -l silent -d 'Print nothing at all, not even errors: the exit code tells'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand job; and __fish_seen_subcommand_from create" -s n -l no-interaction -d 'Ask nothing'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand job; and __fish_seen_subcommand_from create" -l ansi
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand job; and __fish_seen_subcommand_from create" -l no-ansi -d 'No colours (none are used)'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand job; and __fish_seen_subcommand_from create" -s h -l help -d 'Print help'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand job; and __fish_seen_subcommand_from update" -l runtemplate_id -d 'Its runtemplate' -r
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand job; and __fish_seen_subcommand_from update" -l scheduled -d 'When it is to run; its place in the queue moves along' -r
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand job; and __fish_seen_subcommand_from update" -l executor -d 'What runs it' -r -f -a "Native\t''
Kubernetes\t''
Docker\t''
Podman\t''
Azure\t''"
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand job; and __fish_seen_subcommand_from update" -l schedule_type -d 'How it came to be, in the suite\'s words' -r
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand job; and __fish_seen_subcommand_from update" -l app_id -d 'Its application' -r
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand job; and __fish_seen_subcommand_from update" -l id -d 'The job' -r
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand job; and __fish_seen_subcommand_from update" -s f -l format -d 'How to print the result' -r -f -a "text\t''
json\t''"
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand job; and __fish_seen_subcommand_from update" -s e -l environment -d 'Read settings from this file instead of /etc/multiflexi/multiflexi.env' -r -F
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand job; and __fish_seen_subcommand_from update" -s v -l verbose -d 'After a create or update print the whole record'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand job; and __fish_seen_subcommand_from update" -s q -l quiet -d 'Print no sentences, only data and errors'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand job; and __fish_seen_subcommand_from update" -l silent -d 'Print nothing at all, not even errors: the exit code tells'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand job; and __fish_seen_subcommand_from update" -s n -l no-interaction -d 'Ask nothing'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand job; and __fish_seen_subcommand_from update" -l ansi
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand job; and __fish_seen_subcommand_from update" -l no-ansi -d 'No colours (none are used)'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand job; and __fish_seen_subcommand_from update" -s h -l help -d 'Print help'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand job; and __fish_seen_subcommand_from delete" -l id -d 'The job' -r
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand job; and __fish_seen_subcommand_from delete" -s f -l format -d 'How to print the result' -r -f -a "text\t''
json\t''"
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand job; and __fish_seen_subcommand_from delete" -s e -l environment -d 'Read settings from this file instead of /etc/multiflexi/multiflexi.env' -r -F
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand job; and __fish_seen_subcommand_from delete" -l force -d 'Delete it even if it began and did not end: its runner died'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand job; and __fish_seen_subcommand_from delete" -l dry-run -d 'Only say what would be done'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand job; and __fish_seen_subcommand_from delete" -s y -l yes -d 'Do not ask, also on a terminal'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand job; and __fish_seen_subcommand_from delete" -s v -l verbose -d 'After a create or update print the whole record'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand job; and __fish_seen_subcommand_from delete" -s q -l quiet -d 'Print no sentences, only data and errors'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand job; and __fish_seen_subcommand_from delete" -l silent -d 'Print nothing at all, not even errors: the exit code tells'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand job; and __fish_seen_subcommand_from delete" -s n -l no-interaction -d 'Ask nothing'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand job; and __fish_seen_subcommand_from delete" -l ansi
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand job; and __fish_seen_subcommand_from delete" -l no-ansi -d 'No colours (none are used)'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand job; and __fish_seen_subcommand_from delete" -s h -l help -d 'Print help'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand job; and __fish_seen_subcommand_from rm" -l id -d 'The job' -r
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand job; and __fish_seen_subcommand_from rm" -s f -l format -d 'How to print the result' -r -f -a "text\t''
json\t''"
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand job; and __fish_seen_subcommand_from rm" -s e -l environment -d 'Read settings from this file instead of /etc/multiflexi/multiflexi.env' -r -F
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand job; and __fish_seen_subcommand_from rm" -l force -d 'Delete it even if it began and did not end: its runner died'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand job; and __fish_seen_subcommand_from rm" -l dry-run -d 'Only say what would be done'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand job; and __fish_seen_subcommand_from rm" -s y -l yes -d 'Do not ask, also on a terminal'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand job; and __fish_seen_subcommand_from rm" -s v -l verbose -d 'After a create or update print the whole record'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand job; and __fish_seen_subcommand_from rm" -s q -l quiet -d 'Print no sentences, only data and errors'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand job; and __fish_seen_subcommand_from rm" -l silent -d 'Print nothing at all, not even errors: the exit code tells'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand job; and __fish_seen_subcommand_from rm" -s n -l no-interaction -d 'Ask nothing'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand job; and __fish_seen_subcommand_from rm" -l ansi
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand job; and __fish_seen_subcommand_from rm" -l no-ansi -d 'No colours (none are used)'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand job; and __fish_seen_subcommand_from rm" -s h -l help -d 'Print help'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand job; and __fish_seen_subcommand_from output" -l id -d 'The job' -r
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand job; and __fish_seen_subcommand_from output" -s f -l format -d 'How to print the result' -r -f -a "text\t''
json\t''"
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand job; and __fish_seen_subcommand_from output" -s e -l environment -d 'Read settings from this file instead of /etc/multiflexi/multiflexi.env' -r -F
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand job; and __fish_seen_subcommand_from output" -l stderr -d 'Its stderr instead of its stdout'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand job; and __fish_seen_subcommand_from output" -l follow -d 'Go on until the job ends'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand job; and __fish_seen_subcommand_from output" -l raw -d 'As it is on a terminal too, whatever it does to that'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand job; and __fish_seen_subcommand_from output" -s v -l verbose -d 'After a create or update print the whole record'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand job; and __fish_seen_subcommand_from output" -s q -l quiet -d 'Print no sentences, only data and errors'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand job; and __fish_seen_subcommand_from output" -l silent -d 'Print nothing at all, not even errors: the exit code tells'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand job; and __fish_seen_subcommand_from output" -s n -l no-interaction -d 'Ask nothing'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand job; and __fish_seen_subcommand_from output" -l ansi
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand job; and __fish_seen_subcommand_from output" -l no-ansi -d 'No colours (none are used)'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand job; and __fish_seen_subcommand_from output" -s h -l help -d 'Print help'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand job; and __fish_seen_subcommand_from logs" -l id -d 'The job' -r
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand job; and __fish_seen_subcommand_from logs" -s f -l format -d 'How to print the result' -r -f -a "text\t''
json\t''"
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand job; and __fish_seen_subcommand_from logs" -s e -l environment -d 'Read settings from this file instead of /etc/multiflexi/multiflexi.env' -r -F
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand job; and __fish_seen_subcommand_from logs" -l stderr -d 'Its stderr instead of its stdout'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand job; and __fish_seen_subcommand_from logs" -l follow -d 'Go on until the job ends'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand job; and __fish_seen_subcommand_from logs" -l raw -d 'As it is on a terminal too, whatever it does to that'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand job; and __fish_seen_subcommand_from logs" -s v -l verbose -d 'After a create or update print the whole record'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand job; and __fish_seen_subcommand_from logs" -s q -l quiet -d 'Print no sentences, only data and errors'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand job; and __fish_seen_subcommand_from logs" -l silent -d 'Print nothing at all, not even errors: the exit code tells'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand job; and __fish_seen_subcommand_from logs" -s n -l no-interaction -d 'Ask nothing'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand job; and __fish_seen_subcommand_from logs" -l ansi
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand job; and __fish_seen_subcommand_from logs" -l no-ansi -d 'No colours (none are used)'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand job; and __fish_seen_subcommand_from logs" -s h -l help -d 'Print help'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand job; and __fish_seen_subcommand_from cancel" -l kubeconfig -d 'Kubernetes: the kubeconfig to use' -r -F
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand job; and __fish_seen_subcommand_from cancel" -l context -d 'Kubernetes: the context to use' -r
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand job; and __fish_seen_subcommand_from cancel" -l id -d 'The job' -r
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand job; and __fish_seen_subcommand_from cancel" -s f -l format -d 'How to print the result' -r -f -a "text\t''
json\t''"
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand job; and __fish_seen_subcommand_from cancel" -s e -l environment -d 'Read settings from this file instead of /etc/multiflexi/multiflexi.env' -r -F
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand job; and __fish_seen_subcommand_from cancel" -s v -l verbose -d 'After a create or update print the whole record'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand job; and __fish_seen_subcommand_from cancel" -s q -l quiet -d 'Print no sentences, only data and errors'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand job; and __fish_seen_subcommand_from cancel" -l silent -d 'Print nothing at all, not even errors: the exit code tells'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand job; and __fish_seen_subcommand_from cancel" -s n -l no-interaction -d 'Ask nothing'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand job; and __fish_seen_subcommand_from cancel" -l ansi
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand job; and __fish_seen_subcommand_from cancel" -l no-ansi -d 'No colours (none are used)'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand job; and __fish_seen_subcommand_from cancel" -s h -l help -d 'Print help'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand job; and __fish_seen_subcommand_from stop" -l kubeconfig -d 'Kubernetes: the kubeconfig to use' -r -F
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand job; and __fish_seen_subcommand_from stop" -l context -d 'Kubernetes: the context to use' -r
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand job; and __fish_seen_subcommand_from stop" -l id -d 'The job' -r
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand job; and __fish_seen_subcommand_from stop" -s f -l format -d 'How to print the result' -r -f -a "text\t''
json\t''"
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand job; and __fish_seen_subcommand_from stop" -s e -l environment -d 'Read settings from this file instead of /etc/multiflexi/multiflexi.env' -r -F
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand job; and __fish_seen_subcommand_from stop" -s v -l verbose -d 'After a create or update print the whole record'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand job; and __fish_seen_subcommand_from stop" -s q -l quiet -d 'Print no sentences, only data and errors'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand job; and __fish_seen_subcommand_from stop" -l silent -d 'Print nothing at all, not even errors: the exit code tells'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand job; and __fish_seen_subcommand_from stop" -s n -l no-interaction -d 'Ask nothing'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand job; and __fish_seen_subcommand_from stop" -l ansi
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand job; and __fish_seen_subcommand_from stop" -l no-ansi -d 'No colours (none are used)'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand job; and __fish_seen_subcommand_from stop" -s h -l help -d 'Print help'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand job; and __fish_seen_subcommand_from retry" -l schedule_time -d 'When to run the new one: now, 2026-12-31 18:30, +1 hour' -r
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand job; and __fish_seen_subcommand_from retry" -l id -d 'The job that ended' -r
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand job; and __fish_seen_subcommand_from retry" -s f -l format -d 'How to print the result' -r -f -a "text\t''
json\t''"
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand job; and __fish_seen_subcommand_from retry" -s e -l environment -d 'Read settings from this file instead of /etc/multiflexi/multiflexi.env' -r -F
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand job; and __fish_seen_subcommand_from retry" -s v -l verbose -d 'After a create or update print the whole record'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand job; and __fish_seen_subcommand_from retry" -s q -l quiet -d 'Print no sentences, only data and errors'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand job; and __fish_seen_subcommand_from retry" -l silent -d 'Print nothing at all, not even errors: the exit code tells'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand job; and __fish_seen_subcommand_from retry" -s n -l no-interaction -d 'Ask nothing'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand job; and __fish_seen_subcommand_from retry" -l ansi
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand job; and __fish_seen_subcommand_from retry" -l no-ansi -d 'No colours (none are used)'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand job; and __fish_seen_subcommand_from retry" -s h -l help -d 'Print help'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand job; and __fish_seen_subcommand_from cleanup" -l older-than -d 'Delete jobs that ended longer ago than this: 30d, 12h, 2w' -r
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand job; and __fish_seen_subcommand_from cleanup" -s f -l format -d 'How to print the result' -r -f -a "text\t''
json\t''"
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand job; and __fish_seen_subcommand_from cleanup" -s e -l environment -d 'Read settings from this file instead of /etc/multiflexi/multiflexi.env' -r -F
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand job; and __fish_seen_subcommand_from cleanup" -l keep-failed -d 'Keep jobs that failed'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand job; and __fish_seen_subcommand_from cleanup" -l dry-run -d 'Only say what would be deleted'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand job; and __fish_seen_subcommand_from cleanup" -s y -l yes -d 'Do not ask, also on a terminal'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand job; and __fish_seen_subcommand_from cleanup" -s v -l verbose -d 'After a create or update print the whole record'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand job; and __fish_seen_subcommand_from cleanup" -s q -l quiet -d 'Print no sentences, only data and errors'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand job; and __fish_seen_subcommand_from cleanup" -l silent -d 'Print nothing at all, not even errors: the exit code tells'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand job; and __fish_seen_subcommand_from cleanup" -s n -l no-interaction -d 'Ask nothing'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand job; and __fish_seen_subcommand_from cleanup" -l ansi
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand job; and __fish_seen_subcommand_from cleanup" -l no-ansi -d 'No colours (none are used)'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand job; and __fish_seen_subcommand_from cleanup" -s h -l help -d 'Print help'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand job; and __fish_seen_subcommand_from recover" -s f -l format -d 'How to print the result' -r -f -a "text\t''
json\t''"
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand job; and __fish_seen_subcommand_from recover" -s e -l environment -d 'Read settings from this file instead of /etc/multiflexi/multiflexi.env' -r -F
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand job; and __fish_seen_subcommand_from recover" -s v -l verbose -d 'After a create or update print the whole record'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand job; and __fish_seen_subcommand_from recover" -s q -l quiet -d 'Print no sentences, only data and errors'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand job; and __fish_seen_subcommand_from recover" -l silent -d 'Print nothing at all, not even errors: the exit code tells'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand job; and __fish_seen_subcommand_from recover" -s n -l no-interaction -d 'Ask nothing'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand job; and __fish_seen_subcommand_from recover" -l ansi
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand job; and __fish_seen_subcommand_from recover" -l no-ansi -d 'No colours (none are used)'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand job; and __fish_seen_subcommand_from recover" -s h -l help -d 'Print help'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand job; and __fish_seen_subcommand_from run" -l timeout -d 'End the program after so long: 90, 90s, 15m, 2h; without a limit unless given' -r
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand job; and __fish_seen_subcommand_from run" -l kubeconfig -d 'Kubernetes: the kubeconfig to use' -r -F
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand job; and __fish_seen_subcommand_from run" -l context -d 'Kubernetes: the context to use' -r
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand job; and __fish_seen_subcommand_from run" -l pod-overrides -d 'Kubernetes: JSON that is merged into the pod (strategic merge); its container without a name is the job\'s' -r -F
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand job; and __fish_seen_subcommand_from run" -l recorder-image -d 'Kubernetes: an image with a static busybox (busybox:musl), which lends the recorder shell and tools where the application\'s has none' -r
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand job; and __fish_seen_subcommand_from run" -l hold -d 'Kubernetes: how long the pod holds its results for us; 15m unless given' -r
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand job; and __fish_seen_subcommand_from run" -l artifact-limit -d 'The largest artifact to store, in MiB; 64 unless given' -r
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand job; and __fish_seen_subcommand_from run" -l id -d 'The job' -r
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand job; and __fish_seen_subcommand_from run" -s f -l format -d 'How to print the result' -r -f -a "text\t''
json\t''"
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand job; and __fish_seen_subcommand_from run" -s e -l environment -d 'Read settings from this file instead of /etc/multiflexi/multiflexi.env' -r -F
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand job; and __fish_seen_subcommand_from run" -l unqueued -d 'Run a job that has no queue row (`job create` makes such)'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand job; and __fish_seen_subcommand_from run" -l no-overlap -d 'Leave the job in the queue while another one of its runtemplate runs, as `queue run` does'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand job; and __fish_seen_subcommand_from run" -l take-over -d 'Kubernetes: finish the job of a runner on another machine, which died'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand job; and __fish_seen_subcommand_from run" -l repair-release -d 'Kubernetes: mend a release that a killed helm left pending'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand job; and __fish_seen_subcommand_from run" -l raw -d 'Show the job\'s streams as they are on a terminal too, whatever they do to it'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand job; and __fish_seen_subcommand_from run" -s v -l verbose -d 'After a create or update print the whole record'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand job; and __fish_seen_subcommand_from run" -s q -l quiet -d 'Print no sentences, only data and errors'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand job; and __fish_seen_subcommand_from run" -l silent -d 'Print nothing at all, not even errors: the exit code tells'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand job; and __fish_seen_subcommand_from run" -s n -l no-interaction -d 'Ask nothing'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand job; and __fish_seen_subcommand_from run" -l ansi
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand job; and __fish_seen_subcommand_from run" -l no-ansi -d 'No colours (none are used)'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand job; and __fish_seen_subcommand_from run" -s h -l help -d 'Print help'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand queue; and not __fish_seen_subcommand_from overview list ls fill run fix truncate" -s h -l help -d 'Print help'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand queue; and not __fish_seen_subcommand_from overview list ls fill run fix truncate" -f -a "overview" -d 'Count what is in the queue'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand queue; and not __fish_seen_subcommand_from overview list ls fill run fix truncate" -f -a "list" -d 'List what is in the queue'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand queue; and not __fish_seen_subcommand_from overview list ls fill run fix truncate" -f -a "ls" -d 'List what is in the queue'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand queue; and not __fish_seen_subcommand_from overview list ls fill run fix truncate" -f -a "fill" -d 'Make the jobs whose moment has come'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand queue; and not __fish_seen_subcommand_from overview list ls fill run fix truncate" -f -a "run" -d 'Run the jobs that are due, in order of their moments'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand queue; and not __fish_seen_subcommand_from overview list ls fill run fix truncate" -f -a "fix" -d 'Remove what is broken, and let schedules go on'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand queue; and not __fish_seen_subcommand_from overview list ls fill run fix truncate" -f -a "truncate" -d 'Empty the queue; the jobs stay'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand queue; and __fish_seen_subcommand_from overview" -s f -l format -d 'How to print the result' -r -f -a "text\t''
json\t''"
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand queue; and __fish_seen_subcommand_from overview" -s e -l environment -d 'Read settings from this file instead of /etc/multiflexi/multiflexi.env' -r -F
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand queue; and __fish_seen_subcommand_from overview" -s v -l verbose -d 'After a create or update print the whole record'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand queue; and __fish_seen_subcommand_from overview" -s q -l quiet -d 'Print no sentences, only data and errors'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand queue; and __fish_seen_subcommand_from overview" -l silent -d 'Print nothing at all, not even errors: the exit code tells'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand queue; and __fish_seen_subcommand_from overview" -s n -l no-interaction -d 'Ask nothing'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand queue; and __fish_seen_subcommand_from overview" -l ansi
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand queue; and __fish_seen_subcommand_from overview" -l no-ansi -d 'No colours (none are used)'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand queue; and __fish_seen_subcommand_from overview" -s h -l help -d 'Print help'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand queue; and __fish_seen_subcommand_from list" -l limit -d 'At most so many rows' -r
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand queue; and __fish_seen_subcommand_from list" -l offset -d 'Leave out so many rows first' -r
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand queue; and __fish_seen_subcommand_from list" -l order -d 'A (ascending by id), D (descending), or a column to order by' -r
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand queue; and __fish_seen_subcommand_from list" -l fields -d 'Only these fields, with commas between' -r
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand queue; and __fish_seen_subcommand_from list" -l direction -d 'ASC or DESC' -r -f -a "ASC\t''
DESC\t''"
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand queue; and __fish_seen_subcommand_from list" -s f -l format -d 'How to print the result' -r -f -a "text\t''
json\t''
csv\t''"
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand queue; and __fish_seen_subcommand_from list" -s e -l environment -d 'Read settings from this file instead of /etc/multiflexi/multiflexi.env' -r -F
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand queue; and __fish_seen_subcommand_from list" -s v -l verbose -d 'After a create or update print the whole record'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand queue; and __fish_seen_subcommand_from list" -s q -l quiet -d 'Print no sentences, only data and errors'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand queue; and __fish_seen_subcommand_from list" -l silent -d 'Print nothing at all, not even errors: the exit code tells'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand queue; and __fish_seen_subcommand_from list" -s n -l no-interaction -d 'Ask nothing'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand queue; and __fish_seen_subcommand_from list" -l ansi
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand queue; and __fish_seen_subcommand_from list" -l no-ansi -d 'No colours (none are used)'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand queue; and __fish_seen_subcommand_from list" -s h -l help -d 'Print help'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand queue; and __fish_seen_subcommand_from ls" -l limit -d 'At most so many rows' -r
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand queue; and __fish_seen_subcommand_from ls" -l offset -d 'Leave out so many rows first' -r
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand queue; and __fish_seen_subcommand_from ls" -l order -d 'A (ascending by id), D (descending), or a column to order by' -r
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand queue; and __fish_seen_subcommand_from ls" -l fields -d 'Only these fields, with commas between' -r
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand queue; and __fish_seen_subcommand_from ls" -l direction -d 'ASC or DESC' -r -f -a "ASC\t''
DESC\t''"
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand queue; and __fish_seen_subcommand_from ls" -s f -l format -d 'How to print the result' -r -f -a "text\t''
json\t''
csv\t''"
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand queue; and __fish_seen_subcommand_from ls" -s e -l environment -d 'Read settings from this file instead of /etc/multiflexi/multiflexi.env' -r -F
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand queue; and __fish_seen_subcommand_from ls" -s v -l verbose -d 'After a create or update print the whole record'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand queue; and __fish_seen_subcommand_from ls" -s q -l quiet -d 'Print no sentences, only data and errors'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand queue; and __fish_seen_subcommand_from ls" -l silent -d 'Print nothing at all, not even errors: the exit code tells'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand queue; and __fish_seen_subcommand_from ls" -s n -l no-interaction -d 'Ask nothing'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand queue; and __fish_seen_subcommand_from ls" -l ansi
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand queue; and __fish_seen_subcommand_from ls" -l no-ansi -d 'No colours (none are used)'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand queue; and __fish_seen_subcommand_from ls" -s h -l help -d 'Print help'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand queue; and __fish_seen_subcommand_from fill" -s f -l format -d 'How to print the result' -r -f -a "text\t''
json\t''"
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand queue; and __fish_seen_subcommand_from fill" -s e -l environment -d 'Read settings from this file instead of /etc/multiflexi/multiflexi.env' -r -F
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand queue; and __fish_seen_subcommand_from fill" -l dry-run -d 'Only say which jobs would be made'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand queue; and __fish_seen_subcommand_from fill" -s v -l verbose -d 'After a create or update print the whole record'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand queue; and __fish_seen_subcommand_from fill" -s q -l quiet -d 'Print no sentences, only data and errors'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand queue; and __fish_seen_subcommand_from fill" -l silent -d 'Print nothing at all, not even errors: the exit code tells'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand queue; and __fish_seen_subcommand_from fill" -s n -l no-interaction -d 'Ask nothing'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand queue; and __fish_seen_subcommand_from fill" -l ansi
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand queue; and __fish_seen_subcommand_from fill" -l no-ansi -d 'No colours (none are used)'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand queue; and __fish_seen_subcommand_from fill" -s h -l help -d 'Print help'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand queue; and __fish_seen_subcommand_from run" -l limit -d 'Run at most so many jobs' -r
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand queue; and __fish_seen_subcommand_from run" -l parallel -d 'How many at a time' -r
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand queue; and __fish_seen_subcommand_from run" -l executor -d 'Only jobs for this executor' -r
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand queue; and __fish_seen_subcommand_from run" -l company_id -d 'The company, by its id' -r
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand queue; and __fish_seen_subcommand_from run" -l company -d 'The company, by its slug or id' -r
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand queue; and __fish_seen_subcommand_from run" -l timeout -d 'End the program after so long: 90, 90s, 15m, 2h; without a limit unless given' -r
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand queue; and __fish_seen_subcommand_from run" -l kubeconfig -d 'Kubernetes: the kubeconfig to use' -r -F
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand queue; and __fish_seen_subcommand_from run" -l context -d 'Kubernetes: the context to use' -r
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand queue; and __fish_seen_subcommand_from run" -l pod-overrides -d 'Kubernetes: JSON that is merged into the pod (strategic merge); its container without a name is the job\'s' -r -F
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand queue; and __fish_seen_subcommand_from run" -l recorder-image -d 'Kubernetes: an image with a static busybox (busybox:musl), which lends the recorder shell and tools where the application\'s has none' -r
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand queue; and __fish_seen_subcommand_from run" -l hold -d 'Kubernetes: how long the pod holds its results for us; 15m unless given' -r
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand queue; and __fish_seen_subcommand_from run" -l artifact-limit -d 'The largest artifact to store, in MiB; 64 unless given' -r
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand queue; and __fish_seen_subcommand_from run" -s f -l format -d 'How to print the result' -r -f -a "text\t''
json\t''"
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand queue; and __fish_seen_subcommand_from run" -s e -l environment -d 'Read settings from this file instead of /etc/multiflexi/multiflexi.env' -r -F
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand queue; and __fish_seen_subcommand_from run" -l allow-overlap -d 'Let jobs of one runtemplate run side by side'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand queue; and __fish_seen_subcommand_from run" -l fail-on-job-error -d 'Exit with 1 when a job failed'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand queue; and __fish_seen_subcommand_from run" -l repair-release -d 'Kubernetes: mend a release that a killed helm left pending'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand queue; and __fish_seen_subcommand_from run" -l raw -d 'Show the job\'s streams as they are on a terminal too, whatever they do to it'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand queue; and __fish_seen_subcommand_from run" -s v -l verbose -d 'After a create or update print the whole record'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand queue; and __fish_seen_subcommand_from run" -s q -l quiet -d 'Print no sentences, only data and errors'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand queue; and __fish_seen_subcommand_from run" -l silent -d 'Print nothing at all, not even errors: the exit code tells'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand queue; and __fish_seen_subcommand_from run" -s n -l no-interaction -d 'Ask nothing'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand queue; and __fish_seen_subcommand_from run" -l ansi
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand queue; and __fish_seen_subcommand_from run" -l no-ansi -d 'No colours (none are used)'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand queue; and __fish_seen_subcommand_from run" -s h -l help -d 'Print help'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand queue; and __fish_seen_subcommand_from fix" -s f -l format -d 'How to print the result' -r -f -a "text\t''
json\t''"
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand queue; and __fish_seen_subcommand_from fix" -s e -l environment -d 'Read settings from this file instead of /etc/multiflexi/multiflexi.env' -r -F
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand queue; and __fish_seen_subcommand_from fix" -l dry-run -d 'Only say what would be done'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand queue; and __fish_seen_subcommand_from fix" -s y -l yes -d 'Do not ask, also on a terminal'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand queue; and __fish_seen_subcommand_from fix" -s v -l verbose -d 'After a create or update print the whole record'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand queue; and __fish_seen_subcommand_from fix" -s q -l quiet -d 'Print no sentences, only data and errors'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand queue; and __fish_seen_subcommand_from fix" -l silent -d 'Print nothing at all, not even errors: the exit code tells'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand queue; and __fish_seen_subcommand_from fix" -s n -l no-interaction -d 'Ask nothing'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand queue; and __fish_seen_subcommand_from fix" -l ansi
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand queue; and __fish_seen_subcommand_from fix" -l no-ansi -d 'No colours (none are used)'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand queue; and __fish_seen_subcommand_from fix" -s h -l help -d 'Print help'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand queue; and __fish_seen_subcommand_from truncate" -s f -l format -d 'How to print the result' -r -f -a "text\t''
json\t''"
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand queue; and __fish_seen_subcommand_from truncate" -s e -l environment -d 'Read settings from this file instead of /etc/multiflexi/multiflexi.env' -r -F
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand queue; and __fish_seen_subcommand_from truncate" -l dry-run -d 'Only say what would be done'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand queue; and __fish_seen_subcommand_from truncate" -s y -l yes -d 'Do not ask, also on a terminal'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand queue; and __fish_seen_subcommand_from truncate" -s v -l verbose -d 'After a create or update print the whole record'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand queue; and __fish_seen_subcommand_from truncate" -s q -l quiet -d 'Print no sentences, only data and errors'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand queue; and __fish_seen_subcommand_from truncate" -l silent -d 'Print nothing at all, not even errors: the exit code tells'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand queue; and __fish_seen_subcommand_from truncate" -s n -l no-interaction -d 'Ask nothing'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand queue; and __fish_seen_subcommand_from truncate" -l ansi
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand queue; and __fish_seen_subcommand_from truncate" -l no-ansi -d 'No colours (none are used)'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand queue; and __fish_seen_subcommand_from truncate" -s h -l help -d 'Print help'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand task; and not __fish_seen_subcommand_from status list ls get show" -s h -l help -d 'Print help'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand task; and not __fish_seen_subcommand_from status list ls get show" -f -a "status" -d 'Count tasks by how they stand'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand task; and not __fish_seen_subcommand_from status list ls get show" -f -a "list" -d 'List tasks'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand task; and not __fish_seen_subcommand_from status list ls get show" -f -a "ls" -d 'List tasks'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand task; and not __fish_seen_subcommand_from status list ls get show" -f -a "get" -d 'Show a task'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand task; and not __fish_seen_subcommand_from status list ls get show" -f -a "show" -d 'Show a task'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand task; and __fish_seen_subcommand_from status" -s f -l format -d 'How to print the result' -r -f -a "text\t''
json\t''"
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand task; and __fish_seen_subcommand_from status" -s e -l environment -d 'Read settings from this file instead of /etc/multiflexi/multiflexi.env' -r -F
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand task; and __fish_seen_subcommand_from status" -s v -l verbose -d 'After a create or update print the whole record'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand task; and __fish_seen_subcommand_from status" -s q -l quiet -d 'Print no sentences, only data and errors'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand task; and __fish_seen_subcommand_from status" -l silent -d 'Print nothing at all, not even errors: the exit code tells'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand task; and __fish_seen_subcommand_from status" -s n -l no-interaction -d 'Ask nothing'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand task; and __fish_seen_subcommand_from status" -l ansi
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand task; and __fish_seen_subcommand_from status" -l no-ansi -d 'No colours (none are used)'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand task; and __fish_seen_subcommand_from status" -s h -l help -d 'Print help'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand task; and __fish_seen_subcommand_from list" -l limit -d 'At most so many rows' -r
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand task; and __fish_seen_subcommand_from list" -l offset -d 'Leave out so many rows first' -r
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand task; and __fish_seen_subcommand_from list" -l order -d 'A (ascending by id), D (descending), or a column to order by' -r
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand task; and __fish_seen_subcommand_from list" -l fields -d 'Only these fields, with commas between' -r
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand task; and __fish_seen_subcommand_from list" -l runtemplate_id -d 'Its runtemplate' -r
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand task; and __fish_seen_subcommand_from list" -l state -d 'How it stands' -r -f -a "open\t''
running\t''
fulfilled\t''
fulfilled_late\t''
failed\t''
missed\t''"
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand task; and __fish_seen_subcommand_from list" -s f -l format -d 'How to print the result' -r -f -a "text\t''
json\t''
csv\t''"
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand task; and __fish_seen_subcommand_from list" -s e -l environment -d 'Read settings from this file instead of /etc/multiflexi/multiflexi.env' -r -F
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand task; and __fish_seen_subcommand_from list" -s v -l verbose -d 'After a create or update print the whole record'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand task; and __fish_seen_subcommand_from list" -s q -l quiet -d 'Print no sentences, only data and errors'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand task; and __fish_seen_subcommand_from list" -l silent -d 'Print nothing at all, not even errors: the exit code tells'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand task; and __fish_seen_subcommand_from list" -s n -l no-interaction -d 'Ask nothing'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand task; and __fish_seen_subcommand_from list" -l ansi
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand task; and __fish_seen_subcommand_from list" -l no-ansi -d 'No colours (none are used)'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand task; and __fish_seen_subcommand_from list" -s h -l help -d 'Print help'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand task; and __fish_seen_subcommand_from ls" -l limit -d 'At most so many rows' -r
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand task; and __fish_seen_subcommand_from ls" -l offset -d 'Leave out so many rows first' -r
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand task; and __fish_seen_subcommand_from ls" -l order -d 'A (ascending by id), D (descending), or a column to order by' -r
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand task; and __fish_seen_subcommand_from ls" -l fields -d 'Only these fields, with commas between' -r
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand task; and __fish_seen_subcommand_from ls" -l runtemplate_id -d 'Its runtemplate' -r
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand task; and __fish_seen_subcommand_from ls" -l state -d 'How it stands' -r -f -a "open\t''
running\t''
fulfilled\t''
fulfilled_late\t''
failed\t''
missed\t''"
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand task; and __fish_seen_subcommand_from ls" -s f -l format -d 'How to print the result' -r -f -a "text\t''
json\t''
csv\t''"
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand task; and __fish_seen_subcommand_from ls" -s e -l environment -d 'Read settings from this file instead of /etc/multiflexi/multiflexi.env' -r -F
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand task; and __fish_seen_subcommand_from ls" -s v -l verbose -d 'After a create or update print the whole record'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand task; and __fish_seen_subcommand_from ls" -s q -l quiet -d 'Print no sentences, only data and errors'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand task; and __fish_seen_subcommand_from ls" -l silent -d 'Print nothing at all, not even errors: the exit code tells'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand task; and __fish_seen_subcommand_from ls" -s n -l no-interaction -d 'Ask nothing'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand task; and __fish_seen_subcommand_from ls" -l ansi
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand task; and __fish_seen_subcommand_from ls" -l no-ansi -d 'No colours (none are used)'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand task; and __fish_seen_subcommand_from ls" -s h -l help -d 'Print help'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand task; and __fish_seen_subcommand_from get" -l fields -d 'Only these fields, with commas between' -r
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand task; and __fish_seen_subcommand_from get" -l id -d 'By its id' -r
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand task; and __fish_seen_subcommand_from get" -s f -l format -d 'How to print the result' -r -f -a "text\t''
json\t''"
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand task; and __fish_seen_subcommand_from get" -s e -l environment -d 'Read settings from this file instead of /etc/multiflexi/multiflexi.env' -r -F
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand task; and __fish_seen_subcommand_from get" -l with-jobs -d 'Show the jobs that are its attempts too'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand task; and __fish_seen_subcommand_from get" -s v -l verbose -d 'After a create or update print the whole record'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand task; and __fish_seen_subcommand_from get" -s q -l quiet -d 'Print no sentences, only data and errors'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand task; and __fish_seen_subcommand_from get" -l silent -d 'Print nothing at all, not even errors: the exit code tells'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand task; and __fish_seen_subcommand_from get" -s n -l no-interaction -d 'Ask nothing'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand task; and __fish_seen_subcommand_from get" -l ansi
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand task; and __fish_seen_subcommand_from get" -l no-ansi -d 'No colours (none are used)'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand task; and __fish_seen_subcommand_from get" -s h -l help -d 'Print help'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand task; and __fish_seen_subcommand_from show" -l fields -d 'Only these fields, with commas between' -r
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand task; and __fish_seen_subcommand_from show" -l id -d 'By its id' -r
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand task; and __fish_seen_subcommand_from show" -s f -l format -d 'How to print the result' -r -f -a "text\t''
json\t''"
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand task; and __fish_seen_subcommand_from show" -s e -l environment -d 'Read settings from this file instead of /etc/multiflexi/multiflexi.env' -r -F
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand task; and __fish_seen_subcommand_from show" -l with-jobs -d 'Show the jobs that are its attempts too'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand task; and __fish_seen_subcommand_from show" -s v -l verbose -d 'After a create or update print the whole record'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand task; and __fish_seen_subcommand_from show" -s q -l quiet -d 'Print no sentences, only data and errors'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand task; and __fish_seen_subcommand_from show" -l silent -d 'Print nothing at all, not even errors: the exit code tells'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand task; and __fish_seen_subcommand_from show" -s n -l no-interaction -d 'Ask nothing'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand task; and __fish_seen_subcommand_from show" -l ansi
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand task; and __fish_seen_subcommand_from show" -l no-ansi -d 'No colours (none are used)'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand task; and __fish_seen_subcommand_from show" -s h -l help -d 'Print help'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand artifact; and not __fish_seen_subcommand_from list ls get show save" -s h -l help -d 'Print help'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand artifact; and not __fish_seen_subcommand_from list ls get show save" -f -a "list" -d 'List artifacts'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand artifact; and not __fish_seen_subcommand_from list ls get show save" -f -a "ls" -d 'List artifacts'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand artifact; and not __fish_seen_subcommand_from list ls get show save" -f -a "get" -d 'Show an artifact'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand artifact; and not __fish_seen_subcommand_from list ls get show save" -f -a "show" -d 'Show an artifact'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand artifact; and not __fish_seen_subcommand_from list ls get show save" -f -a "save" -d 'Write an artifact into a file'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand artifact; and __fish_seen_subcommand_from list" -l limit -d 'At most so many rows' -r
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand artifact; and __fish_seen_subcommand_from list" -l offset -d 'Leave out so many rows first' -r
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand artifact; and __fish_seen_subcommand_from list" -l order -d 'A (ascending by id), D (descending), or a column to order by' -r
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand artifact; and __fish_seen_subcommand_from list" -l fields -d 'Only these fields, with commas between' -r
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand artifact; and __fish_seen_subcommand_from list" -l job_id -d 'Its job' -r
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand artifact; and __fish_seen_subcommand_from list" -s f -l format -d 'How to print the result' -r -f -a "text\t''
json\t''
csv\t''"
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand artifact; and __fish_seen_subcommand_from list" -s e -l environment -d 'Read settings from this file instead of /etc/multiflexi/multiflexi.env' -r -F
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand artifact; and __fish_seen_subcommand_from list" -s v -l verbose -d 'After a create or update print the whole record'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand artifact; and __fish_seen_subcommand_from list" -s q -l quiet -d 'Print no sentences, only data and errors'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand artifact; and __fish_seen_subcommand_from list" -l silent -d 'Print nothing at all, not even errors: the exit code tells'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand artifact; and __fish_seen_subcommand_from list" -s n -l no-interaction -d 'Ask nothing'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand artifact; and __fish_seen_subcommand_from list" -l ansi
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand artifact; and __fish_seen_subcommand_from list" -l no-ansi -d 'No colours (none are used)'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand artifact; and __fish_seen_subcommand_from list" -s h -l help -d 'Print help'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand artifact; and __fish_seen_subcommand_from ls" -l limit -d 'At most so many rows' -r
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand artifact; and __fish_seen_subcommand_from ls" -l offset -d 'Leave out so many rows first' -r
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand artifact; and __fish_seen_subcommand_from ls" -l order -d 'A (ascending by id), D (descending), or a column to order by' -r
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand artifact; and __fish_seen_subcommand_from ls" -l fields -d 'Only these fields, with commas between' -r
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand artifact; and __fish_seen_subcommand_from ls" -l job_id -d 'Its job' -r
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand artifact; and __fish_seen_subcommand_from ls" -s f -l format -d 'How to print the result' -r -f -a "text\t''
json\t''
csv\t''"
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand artifact; and __fish_seen_subcommand_from ls" -s e -l environment -d 'Read settings from this file instead of /etc/multiflexi/multiflexi.env' -r -F
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand artifact; and __fish_seen_subcommand_from ls" -s v -l verbose -d 'After a create or update print the whole record'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand artifact; and __fish_seen_subcommand_from ls" -s q -l quiet -d 'Print no sentences, only data and errors'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand artifact; and __fish_seen_subcommand_from ls" -l silent -d 'Print nothing at all, not even errors: the exit code tells'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand artifact; and __fish_seen_subcommand_from ls" -s n -l no-interaction -d 'Ask nothing'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand artifact; and __fish_seen_subcommand_from ls" -l ansi
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand artifact; and __fish_seen_subcommand_from ls" -l no-ansi -d 'No colours (none are used)'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand artifact; and __fish_seen_subcommand_from ls" -s h -l help -d 'Print help'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand artifact; and __fish_seen_subcommand_from get" -l fields -d 'Only these fields, with commas between' -r
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand artifact; and __fish_seen_subcommand_from get" -l id -d 'By its id' -r
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand artifact; and __fish_seen_subcommand_from get" -s f -l format -d 'How to print the result' -r -f -a "text\t''
json\t''"
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand artifact; and __fish_seen_subcommand_from get" -s e -l environment -d 'Read settings from this file instead of /etc/multiflexi/multiflexi.env' -r -F
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand artifact; and __fish_seen_subcommand_from get" -s v -l verbose -d 'After a create or update print the whole record'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand artifact; and __fish_seen_subcommand_from get" -s q -l quiet -d 'Print no sentences, only data and errors'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand artifact; and __fish_seen_subcommand_from get" -l silent -d 'Print nothing at all, not even errors: the exit code tells'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand artifact; and __fish_seen_subcommand_from get" -s n -l no-interaction -d 'Ask nothing'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand artifact; and __fish_seen_subcommand_from get" -l ansi
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand artifact; and __fish_seen_subcommand_from get" -l no-ansi -d 'No colours (none are used)'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand artifact; and __fish_seen_subcommand_from get" -s h -l help -d 'Print help'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand artifact; and __fish_seen_subcommand_from show" -l fields -d 'Only these fields, with commas between' -r
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand artifact; and __fish_seen_subcommand_from show" -l id -d 'By its id' -r
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand artifact; and __fish_seen_subcommand_from show" -s f -l format -d 'How to print the result' -r -f -a "text\t''
json\t''"
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand artifact; and __fish_seen_subcommand_from show" -s e -l environment -d 'Read settings from this file instead of /etc/multiflexi/multiflexi.env' -r -F
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand artifact; and __fish_seen_subcommand_from show" -s v -l verbose -d 'After a create or update print the whole record'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand artifact; and __fish_seen_subcommand_from show" -s q -l quiet -d 'Print no sentences, only data and errors'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand artifact; and __fish_seen_subcommand_from show" -l silent -d 'Print nothing at all, not even errors: the exit code tells'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand artifact; and __fish_seen_subcommand_from show" -s n -l no-interaction -d 'Ask nothing'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand artifact; and __fish_seen_subcommand_from show" -l ansi
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand artifact; and __fish_seen_subcommand_from show" -l no-ansi -d 'No colours (none are used)'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand artifact; and __fish_seen_subcommand_from show" -s h -l help -d 'Print help'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand artifact; and __fish_seen_subcommand_from save" -l file -d 'The file to write; folders on the way are made' -r -F
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand artifact; and __fish_seen_subcommand_from save" -l id -d 'The artifact' -r
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand artifact; and __fish_seen_subcommand_from save" -s f -l format -d 'How to print the result' -r -f -a "text\t''
json\t''"
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand artifact; and __fish_seen_subcommand_from save" -s e -l environment -d 'Read settings from this file instead of /etc/multiflexi/multiflexi.env' -r -F
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand artifact; and __fish_seen_subcommand_from save" -s v -l verbose -d 'After a create or update print the whole record'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand artifact; and __fish_seen_subcommand_from save" -s q -l quiet -d 'Print no sentences, only data and errors'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand artifact; and __fish_seen_subcommand_from save" -l silent -d 'Print nothing at all, not even errors: the exit code tells'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand artifact; and __fish_seen_subcommand_from save" -s n -l no-interaction -d 'Ask nothing'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand artifact; and __fish_seen_subcommand_from save" -l ansi
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand artifact; and __fish_seen_subcommand_from save" -l no-ansi -d 'No colours (none are used)'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand artifact; and __fish_seen_subcommand_from save" -s h -l help -d 'Print help'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand credential; and not __fish_seen_subcommand_from list ls get show create update remove rm encrypt-existing" -s h -l help -d 'Print help'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand credential; and not __fish_seen_subcommand_from list ls get show create update remove rm encrypt-existing" -f -a "list" -d 'List credentials'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand credential; and not __fish_seen_subcommand_from list ls get show create update remove rm encrypt-existing" -f -a "ls" -d 'List credentials'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand credential; and not __fish_seen_subcommand_from list ls get show create update remove rm encrypt-existing" -f -a "get" -d 'Show a credential, its secrets masked'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand credential; and not __fish_seen_subcommand_from list ls get show create update remove rm encrypt-existing" -f -a "show" -d 'Show a credential, its secrets masked'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand credential; and not __fish_seen_subcommand_from list ls get show create update remove rm encrypt-existing" -f -a "create" -d 'Create a credential'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand credential; and not __fish_seen_subcommand_from list ls get show create update remove rm encrypt-existing" -f -a "update" -d 'Change a credential and its values'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand credential; and not __fish_seen_subcommand_from list ls get show create update remove rm encrypt-existing" -f -a "remove" -d 'Remove a credential that no runtemplate uses'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand credential; and not __fish_seen_subcommand_from list ls get show create update remove rm encrypt-existing" -f -a "rm" -d 'Remove a credential that no runtemplate uses'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand credential; and not __fish_seen_subcommand_from list ls get show create update remove rm encrypt-existing" -f -a "encrypt-existing" -d 'Encrypt secret values that are stored in clear'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand credential; and __fish_seen_subcommand_from list" -l limit -d 'At most so many rows' -r
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand credential; and __fish_seen_subcommand_from list" -l offset -d 'Leave out so many rows first' -r
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand credential; and __fish_seen_subcommand_from list" -l order -d 'A (ascending by id), D (descending), or a column to order by' -r
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand credential; and __fish_seen_subcommand_from list" -l fields -d 'Only these fields, with commas between' -r
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand credential; and __fish_seen_subcommand_from list" -s f -l format -d 'How to print the result' -r -f -a "text\t''
json\t''
csv\t''"
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand credential; and __fish_seen_subcommand_from list" -s e -l environment -d 'Read settings from this file instead of /etc/multiflexi/multiflexi.env' -r -F
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand credential; and __fish_seen_subcommand_from list" -s v -l verbose -d 'After a create or update print the whole record'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand credential; and __fish_seen_subcommand_from list" -s q -l quiet -d 'Print no sentences, only data and errors'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand credential; and __fish_seen_subcommand_from list" -l silent -d 'Print nothing at all, not even errors: the exit code tells'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand credential; and __fish_seen_subcommand_from list" -s n -l no-interaction -d 'Ask nothing'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand credential; and __fish_seen_subcommand_from list" -l ansi
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand credential; and __fish_seen_subcommand_from list" -l no-ansi -d 'No colours (none are used)'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand credential; and __fish_seen_subcommand_from list" -s h -l help -d 'Print help'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand credential; and __fish_seen_subcommand_from ls" -l limit -d 'At most so many rows' -r
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand credential; and __fish_seen_subcommand_from ls" -l offset -d 'Leave out so many rows first' -r
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand credential; and __fish_seen_subcommand_from ls" -l order -d 'A (ascending by id), D (descending), or a column to order by' -r
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand credential; and __fish_seen_subcommand_from ls" -l fields -d 'Only these fields, with commas between' -r
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand credential; and __fish_seen_subcommand_from ls" -s f -l format -d 'How to print the result' -r -f -a "text\t''
json\t''
csv\t''"
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand credential; and __fish_seen_subcommand_from ls" -s e -l environment -d 'Read settings from this file instead of /etc/multiflexi/multiflexi.env' -r -F
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand credential; and __fish_seen_subcommand_from ls" -s v -l verbose -d 'After a create or update print the whole record'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand credential; and __fish_seen_subcommand_from ls" -s q -l quiet -d 'Print no sentences, only data and errors'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand credential; and __fish_seen_subcommand_from ls" -l silent -d 'Print nothing at all, not even errors: the exit code tells'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand credential; and __fish_seen_subcommand_from ls" -s n -l no-interaction -d 'Ask nothing'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand credential; and __fish_seen_subcommand_from ls" -l ansi
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand credential; and __fish_seen_subcommand_from ls" -l no-ansi -d 'No colours (none are used)'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand credential; and __fish_seen_subcommand_from ls" -s h -l help -d 'Print help'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand credential; and __fish_seen_subcommand_from get" -l fields -d 'Only these fields, with commas between' -r
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand credential; and __fish_seen_subcommand_from get" -l id -d 'By its id' -r
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand credential; and __fish_seen_subcommand_from get" -s f -l format -d 'How to print the result' -r -f -a "text\t''
json\t''"
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand credential; and __fish_seen_subcommand_from get" -s e -l environment -d 'Read settings from this file instead of /etc/multiflexi/multiflexi.env' -r -F
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand credential; and __fish_seen_subcommand_from get" -l reveal -d 'Show secrets; asks first, and the audit log keeps who did it'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand credential; and __fish_seen_subcommand_from get" -l yes -d 'Answer that question with yes; --no-interaction alone reveals nothing'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand credential; and __fish_seen_subcommand_from get" -s v -l verbose -d 'After a create or update print the whole record'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand credential; and __fish_seen_subcommand_from get" -s q -l quiet -d 'Print no sentences, only data and errors'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand credential; and __fish_seen_subcommand_from get" -l silent -d 'Print nothing at all, not even errors: the exit code tells'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand credential; and __fish_seen_subcommand_from get" -s n -l no-interaction -d 'Ask nothing'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand credential; and __fish_seen_subcommand_from get" -l ansi
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand credential; and __fish_seen_subcommand_from get" -l no-ansi -d 'No colours (none are used)'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand credential; and __fish_seen_subcommand_from get" -s h -l help -d 'Print help'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand credential; and __fish_seen_subcommand_from show" -l fields -d 'Only these fields, with commas between' -r
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand credential; and __fish_seen_subcommand_from show" -l id -d 'By its id' -r
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand credential; and __fish_seen_subcommand_from show" -s f -l format -d 'How to print the result' -r -f -a "text\t''
json\t''"
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand credential; and __fish_seen_subcommand_from show" -s e -l environment -d 'Read settings from this file instead of /etc/multiflexi/multiflexi.env' -r -F
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand credential; and __fish_seen_subcommand_from show" -l reveal -d 'Show secrets; asks first, and the audit log keeps who did it'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand credential; and __fish_seen_subcommand_from show" -l yes -d 'Answer that question with yes; --no-interaction alone reveals nothing'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand credential; and __fish_seen_subcommand_from show" -s v -l verbose -d 'After a create or update print the whole record'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand credential; and __fish_seen_subcommand_from show" -s q -l quiet -d 'Print no sentences, only data and errors'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand credential; and __fish_seen_subcommand_from show" -l silent -d 'Print nothing at all, not even errors: the exit code tells'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand credential; and __fish_seen_subcommand_from show" -s n -l no-interaction -d 'Ask nothing'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand credential; and __fish_seen_subcommand_from show" -l ansi
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand credential; and __fish_seen_subcommand_from show" -l no-ansi -d 'No colours (none are used)'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand credential; and __fish_seen_subcommand_from show" -s h -l help -d 'Print help'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand credential; and __fish_seen_subcommand_from create" -l name -d 'Its name' -r
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand credential; and __fish_seen_subcommand_from create" -l credential-type-id -d 'Its credential type\'s id' -r
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand credential; and __fish_seen_subcommand_from create" -l company_id -d 'The company, by its id' -r
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand credential; and __fish_seen_subcommand_from create" -l company -d 'The company, by its slug or id' -r
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand credential; and __fish_seen_subcommand_from create" -l field -d 'A value, KEY=VALUE or KEY:VALUE; may be given several times. An empty secret stays as it is' -r
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand credential; and __fish_seen_subcommand_from create" -s f -l format -d 'How to print the result' -r -f -a "text\t''
json\t''"
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand credential; and __fish_seen_subcommand_from create" -s e -l environment -d 'Read settings from this file instead of /etc/multiflexi/multiflexi.env' -r -F
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand credential; and __fish_seen_subcommand_from create" -s v -l verbose -d 'After a create or update print the whole record'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand credential; and __fish_seen_subcommand_from create" -s q -l quiet -d 'Print no sentences, only data and errors'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand credential; and __fish_seen_subcommand_from create" -l silent -d 'Print nothing at all, not even errors: the exit code tells'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand credential; and __fish_seen_subcommand_from create" -s n -l no-interaction -d 'Ask nothing'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand credential; and __fish_seen_subcommand_from create" -l ansi
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand credential; and __fish_seen_subcommand_from create" -l no-ansi -d 'No colours (none are used)'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand credential; and __fish_seen_subcommand_from create" -s h -l help -d 'Print help'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand credential; and __fish_seen_subcommand_from update" -l name -d 'Its name' -r
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand credential; and __fish_seen_subcommand_from update" -l credential-type-id -d 'Its credential type\'s id' -r
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand credential; and __fish_seen_subcommand_from update" -l company_id -d 'The company, by its id' -r
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand credential; and __fish_seen_subcommand_from update" -l company -d 'The company, by its slug or id' -r
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand credential; and __fish_seen_subcommand_from update" -l field -d 'A value, KEY=VALUE or KEY:VALUE; may be given several times. An empty secret stays as it is' -r
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand credential; and __fish_seen_subcommand_from update" -l id -d 'Its id' -r
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand credential; and __fish_seen_subcommand_from update" -s f -l format -d 'How to print the result' -r -f -a "text\t''
json\t''"
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand credential; and __fish_seen_subcommand_from update" -s e -l environment -d 'Read settings from this file instead of /etc/multiflexi/multiflexi.env' -r -F
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand credential; and __fish_seen_subcommand_from update" -s v -l verbose -d 'After a create or update print the whole record'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand credential; and __fish_seen_subcommand_from update" -s q -l quiet -d 'Print no sentences, only data and errors'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand credential; and __fish_seen_subcommand_from update" -l silent -d 'Print nothing at all, not even errors: the exit code tells'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand credential; and __fish_seen_subcommand_from update" -s n -l no-interaction -d 'Ask nothing'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand credential; and __fish_seen_subcommand_from update" -l ansi
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand credential; and __fish_seen_subcommand_from update" -l no-ansi -d 'No colours (none are used)'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand credential; and __fish_seen_subcommand_from update" -s h -l help -d 'Print help'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand credential; and __fish_seen_subcommand_from remove" -l id -d 'By its id' -r
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand credential; and __fish_seen_subcommand_from remove" -s f -l format -d 'How to print the result' -r -f -a "text\t''
json\t''"
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand credential; and __fish_seen_subcommand_from remove" -s e -l environment -d 'Read settings from this file instead of /etc/multiflexi/multiflexi.env' -r -F
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand credential; and __fish_seen_subcommand_from remove" -l dry-run -d 'Only say what would be done'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand credential; and __fish_seen_subcommand_from remove" -s y -l yes -d 'Do not ask, also on a terminal'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand credential; and __fish_seen_subcommand_from remove" -s v -l verbose -d 'After a create or update print the whole record'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand credential; and __fish_seen_subcommand_from remove" -s q -l quiet -d 'Print no sentences, only data and errors'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand credential; and __fish_seen_subcommand_from remove" -l silent -d 'Print nothing at all, not even errors: the exit code tells'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand credential; and __fish_seen_subcommand_from remove" -s n -l no-interaction -d 'Ask nothing'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand credential; and __fish_seen_subcommand_from remove" -l ansi
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand credential; and __fish_seen_subcommand_from remove" -l no-ansi -d 'No colours (none are used)'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand credential; and __fish_seen_subcommand_from remove" -s h -l help -d 'Print help'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand credential; and __fish_seen_subcommand_from rm" -l id -d 'By its id' -r
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand credential; and __fish_seen_subcommand_from rm" -s f -l format -d 'How to print the result' -r -f -a "text\t''
json\t''"
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand credential; and __fish_seen_subcommand_from rm" -s e -l environment -d 'Read settings from this file instead of /etc/multiflexi/multiflexi.env' -r -F
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand credential; and __fish_seen_subcommand_from rm" -l dry-run -d 'Only say what would be done'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand credential; and __fish_seen_subcommand_from rm" -s y -l yes -d 'Do not ask, also on a terminal'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand credential; and __fish_seen_subcommand_from rm" -s v -l verbose -d 'After a create or update print the whole record'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand credential; and __fish_seen_subcommand_from rm" -s q -l quiet -d 'Print no sentences, only data and errors'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand credential; and __fish_seen_subcommand_from rm" -l silent -d 'Print nothing at all, not even errors: the exit code tells'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand credential; and __fish_seen_subcommand_from rm" -s n -l no-interaction -d 'Ask nothing'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand credential; and __fish_seen_subcommand_from rm" -l ansi
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand credential; and __fish_seen_subcommand_from rm" -l no-ansi -d 'No colours (none are used)'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand credential; and __fish_seen_subcommand_from rm" -s h -l help -d 'Print help'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand credential; and __fish_seen_subcommand_from encrypt-existing" -l batch-size -d 'How many rows one transaction looks at' -r
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand credential; and __fish_seen_subcommand_from encrypt-existing" -s f -l format -d 'How to print the result' -r -f -a "text\t''
json\t''"
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand credential; and __fish_seen_subcommand_from encrypt-existing" -s e -l environment -d 'Read settings from this file instead of /etc/multiflexi/multiflexi.env' -r -F
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand credential; and __fish_seen_subcommand_from encrypt-existing" -l dry-run -d 'Only count what would be encrypted'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand credential; and __fish_seen_subcommand_from encrypt-existing" -s v -l verbose -d 'After a create or update print the whole record'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand credential; and __fish_seen_subcommand_from encrypt-existing" -s q -l quiet -d 'Print no sentences, only data and errors'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand credential; and __fish_seen_subcommand_from encrypt-existing" -l silent -d 'Print nothing at all, not even errors: the exit code tells'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand credential; and __fish_seen_subcommand_from encrypt-existing" -s n -l no-interaction -d 'Ask nothing'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand credential; and __fish_seen_subcommand_from encrypt-existing" -l ansi
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand credential; and __fish_seen_subcommand_from encrypt-existing" -l no-ansi -d 'No colours (none are used)'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand credential; and __fish_seen_subcommand_from encrypt-existing" -s h -l help -d 'Print help'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand credential-type; and not __fish_seen_subcommand_from list ls get show create update delete rm import-json validate-json" -s h -l help -d 'Print help'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand credential-type; and not __fish_seen_subcommand_from list ls get show create update delete rm import-json validate-json" -f -a "list" -d 'List credential types'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand credential-type; and not __fish_seen_subcommand_from list ls get show create update delete rm import-json validate-json" -f -a "ls" -d 'List credential types'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand credential-type; and not __fish_seen_subcommand_from list ls get show create update delete rm import-json validate-json" -f -a "get" -d 'Show a credential type'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand credential-type; and not __fish_seen_subcommand_from list ls get show create update delete rm import-json validate-json" -f -a "show" -d 'Show a credential type'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand credential-type; and not __fish_seen_subcommand_from list ls get show create update delete rm import-json validate-json" -f -a "create" -d 'Set a prototype up for a company'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand credential-type; and not __fish_seen_subcommand_from list ls get show create update delete rm import-json validate-json" -f -a "update" -d 'Change a credential type'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand credential-type; and not __fish_seen_subcommand_from list ls get show create update delete rm import-json validate-json" -f -a "delete" -d 'Delete a credential type that no credential uses'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand credential-type; and not __fish_seen_subcommand_from list ls get show create update delete rm import-json validate-json" -f -a "rm" -d 'Delete a credential type that no credential uses'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand credential-type; and not __fish_seen_subcommand_from list ls get show create update delete rm import-json validate-json" -f -a "import-json" -d 'Import a credential type\'s definition as a prototype'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand credential-type; and not __fish_seen_subcommand_from list ls get show create update delete rm import-json validate-json" -f -a "validate-json" -d 'Check a credential type\'s definition'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand credential-type; and __fish_seen_subcommand_from list" -l limit -d 'At most so many rows' -r
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand credential-type; and __fish_seen_subcommand_from list" -l offset -d 'Leave out so many rows first' -r
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand credential-type; and __fish_seen_subcommand_from list" -l order -d 'A (ascending by id), D (descending), or a column to order by' -r
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand credential-type; and __fish_seen_subcommand_from list" -l fields -d 'Only these fields, with commas between' -r
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand credential-type; and __fish_seen_subcommand_from list" -s f -l format -d 'How to print the result' -r -f -a "text\t''
json\t''
csv\t''"
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand credential-type; and __fish_seen_subcommand_from list" -s e -l environment -d 'Read settings from this file instead of /etc/multiflexi/multiflexi.env' -r -F
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand credential-type; and __fish_seen_subcommand_from list" -s v -l verbose -d 'After a create or update print the whole record'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand credential-type; and __fish_seen_subcommand_from list" -s q -l quiet -d 'Print no sentences, only data and errors'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand credential-type; and __fish_seen_subcommand_from list" -l silent -d 'Print nothing at all, not even errors: the exit code tells'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand credential-type; and __fish_seen_subcommand_from list" -s n -l no-interaction -d 'Ask nothing'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand credential-type; and __fish_seen_subcommand_from list" -l ansi
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand credential-type; and __fish_seen_subcommand_from list" -l no-ansi -d 'No colours (none are used)'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand credential-type; and __fish_seen_subcommand_from list" -s h -l help -d 'Print help'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand credential-type; and __fish_seen_subcommand_from ls" -l limit -d 'At most so many rows' -r
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand credential-type; and __fish_seen_subcommand_from ls" -l offset -d 'Leave out so many rows first' -r
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand credential-type; and __fish_seen_subcommand_from ls" -l order -d 'A (ascending by id), D (descending), or a column to order by' -r
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand credential-type; and __fish_seen_subcommand_from ls" -l fields -d 'Only these fields, with commas between' -r
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand credential-type; and __fish_seen_subcommand_from ls" -s f -l format -d 'How to print the result' -r -f -a "text\t''
json\t''
csv\t''"
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand credential-type; and __fish_seen_subcommand_from ls" -s e -l environment -d 'Read settings from this file instead of /etc/multiflexi/multiflexi.env' -r -F
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand credential-type; and __fish_seen_subcommand_from ls" -s v -l verbose -d 'After a create or update print the whole record'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand credential-type; and __fish_seen_subcommand_from ls" -s q -l quiet -d 'Print no sentences, only data and errors'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand credential-type; and __fish_seen_subcommand_from ls" -l silent -d 'Print nothing at all, not even errors: the exit code tells'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand credential-type; and __fish_seen_subcommand_from ls" -s n -l no-interaction -d 'Ask nothing'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand credential-type; and __fish_seen_subcommand_from ls" -l ansi
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand credential-type; and __fish_seen_subcommand_from ls" -l no-ansi -d 'No colours (none are used)'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand credential-type; and __fish_seen_subcommand_from ls" -s h -l help -d 'Print help'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand credential-type; and __fish_seen_subcommand_from get" -l uuid -d 'By its uuid' -r
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand credential-type; and __fish_seen_subcommand_from get" -l fields -d 'Only these fields, with commas between' -r
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand credential-type; and __fish_seen_subcommand_from get" -l id -d 'By its id' -r
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand credential-type; and __fish_seen_subcommand_from get" -s f -l format -d 'How to print the result' -r -f -a "text\t''
json\t''"
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand credential-type; and __fish_seen_subcommand_from get" -s e -l environment -d 'Read settings from this file instead of /etc/multiflexi/multiflexi.env' -r -F
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand credential-type; and __fish_seen_subcommand_from get" -s v -l verbose -d 'After a create or update print the whole record'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand credential-type; and __fish_seen_subcommand_from get" -s q -l quiet -d 'Print no sentences, only data and errors'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand credential-type; and __fish_seen_subcommand_from get" -l silent -d 'Print nothing at all, not even errors: the exit code tells'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand credential-type; and __fish_seen_subcommand_from get" -s n -l no-interaction -d 'Ask nothing'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand credential-type; and __fish_seen_subcommand_from get" -l ansi
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand credential-type; and __fish_seen_subcommand_from get" -l no-ansi -d 'No colours (none are used)'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand credential-type; and __fish_seen_subcommand_from get" -s h -l help -d 'Print help'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand credential-type; and __fish_seen_subcommand_from show" -l uuid -d 'By its uuid' -r
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand credential-type; and __fish_seen_subcommand_from show" -l fields -d 'Only these fields, with commas between' -r
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand credential-type; and __fish_seen_subcommand_from show" -l id -d 'By its id' -r
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand credential-type; and __fish_seen_subcommand_from show" -s f -l format -d 'How to print the result' -r -f -a "text\t''
json\t''"
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand credential-type; and __fish_seen_subcommand_from show" -s e -l environment -d 'Read settings from this file instead of /etc/multiflexi/multiflexi.env' -r -F
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand credential-type; and __fish_seen_subcommand_from show" -s v -l verbose -d 'After a create or update print the whole record'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand credential-type; and __fish_seen_subcommand_from show" -s q -l quiet -d 'Print no sentences, only data and errors'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand credential-type; and __fish_seen_subcommand_from show" -l silent -d 'Print nothing at all, not even errors: the exit code tells'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand credential-type; and __fish_seen_subcommand_from show" -s n -l no-interaction -d 'Ask nothing'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand credential-type; and __fish_seen_subcommand_from show" -l ansi
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand credential-type; and __fish_seen_subcommand_from show" -l no-ansi -d 'No colours (none are used)'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand credential-type; and __fish_seen_subcommand_from show" -s h -l help -d 'Print help'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand credential-type; and __fish_seen_subcommand_from create" -l name -d 'Its name; at first its prototype\'s unless given' -r
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand credential-type; and __fish_seen_subcommand_from create" -l class -d 'The code of its prototype' -r
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand credential-type; and __fish_seen_subcommand_from create" -l company_id -d 'The company, by its id' -r
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand credential-type; and __fish_seen_subcommand_from create" -l company -d 'The company, by its slug or id' -r
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand credential-type; and __fish_seen_subcommand_from create" -s f -l format -d 'How to print the result' -r -f -a "text\t''
json\t''"
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand credential-type; and __fish_seen_subcommand_from create" -s e -l environment -d 'Read settings from this file instead of /etc/multiflexi/multiflexi.env' -r -F
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand credential-type; and __fish_seen_subcommand_from create" -s v -l verbose -d 'After a create or update print the whole record'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand credential-type; and __fish_seen_subcommand_from create" -s q -l quiet -d 'Print no sentences, only data and errors'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand credential-type; and __fish_seen_subcommand_from create" -l silent -d 'Print nothing at all, not even errors: the exit code tells'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand credential-type; and __fish_seen_subcommand_from create" -s n -l no-interaction -d 'Ask nothing'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand credential-type; and __fish_seen_subcommand_from create" -l ansi
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand credential-type; and __fish_seen_subcommand_from create" -l no-ansi -d 'No colours (none are used)'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand credential-type; and __fish_seen_subcommand_from create" -s h -l help -d 'Print help'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand credential-type; and __fish_seen_subcommand_from update" -l uuid -d 'Its UUID' -r
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand credential-type; and __fish_seen_subcommand_from update" -l name -d 'Its name; at first its prototype\'s unless given' -r
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand credential-type; and __fish_seen_subcommand_from update" -l class -d 'The code of its prototype' -r
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand credential-type; and __fish_seen_subcommand_from update" -l id -d 'Its id' -r
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand credential-type; and __fish_seen_subcommand_from update" -s f -l format -d 'How to print the result' -r -f -a "text\t''
json\t''"
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand credential-type; and __fish_seen_subcommand_from update" -s e -l environment -d 'Read settings from this file instead of /etc/multiflexi/multiflexi.env' -r -F
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand credential-type; and __fish_seen_subcommand_from update" -s v -l verbose -d 'After a create or update print the whole record'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand credential-type; and __fish_seen_subcommand_from update" -s q -l quiet -d 'Print no sentences, only data and errors'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand credential-type; and __fish_seen_subcommand_from update" -l silent -d 'Print nothing at all, not even errors: the exit code tells'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand credential-type; and __fish_seen_subcommand_from update" -s n -l no-interaction -d 'Ask nothing'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand credential-type; and __fish_seen_subcommand_from update" -l ansi
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand credential-type; and __fish_seen_subcommand_from update" -l no-ansi -d 'No colours (none are used)'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand credential-type; and __fish_seen_subcommand_from update" -s h -l help -d 'Print help'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand credential-type; and __fish_seen_subcommand_from delete" -l uuid -d 'By its uuid' -r
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand credential-type; and __fish_seen_subcommand_from delete" -l id -d 'By its id' -r
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand credential-type; and __fish_seen_subcommand_from delete" -s f -l format -d 'How to print the result' -r -f -a "text\t''
json\t''"
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand credential-type; and __fish_seen_subcommand_from delete" -s e -l environment -d 'Read settings from this file instead of /etc/multiflexi/multiflexi.env' -r -F
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand credential-type; and __fish_seen_subcommand_from delete" -l dry-run -d 'Only say what would be done'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand credential-type; and __fish_seen_subcommand_from delete" -s y -l yes -d 'Do not ask, also on a terminal'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand credential-type; and __fish_seen_subcommand_from delete" -s v -l verbose -d 'After a create or update print the whole record'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand credential-type; and __fish_seen_subcommand_from delete" -s q -l quiet -d 'Print no sentences, only data and errors'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand credential-type; and __fish_seen_subcommand_from delete" -l silent -d 'Print nothing at all, not even errors: the exit code tells'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand credential-type; and __fish_seen_subcommand_from delete" -s n -l no-interaction -d 'Ask nothing'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand credential-type; and __fish_seen_subcommand_from delete" -l ansi
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand credential-type; and __fish_seen_subcommand_from delete" -l no-ansi -d 'No colours (none are used)'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand credential-type; and __fish_seen_subcommand_from delete" -s h -l help -d 'Print help'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand credential-type; and __fish_seen_subcommand_from rm" -l uuid -d 'By its uuid' -r
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand credential-type; and __fish_seen_subcommand_from rm" -l id -d 'By its id' -r
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand credential-type; and __fish_seen_subcommand_from rm" -s f -l format -d 'How to print the result' -r -f -a "text\t''
json\t''"
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand credential-type; and __fish_seen_subcommand_from rm" -s e -l environment -d 'Read settings from this file instead of /etc/multiflexi/multiflexi.env' -r -F
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand credential-type; and __fish_seen_subcommand_from rm" -l dry-run -d 'Only say what would be done'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand credential-type; and __fish_seen_subcommand_from rm" -s y -l yes -d 'Do not ask, also on a terminal'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand credential-type; and __fish_seen_subcommand_from rm" -s v -l verbose -d 'After a create or update print the whole record'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand credential-type; and __fish_seen_subcommand_from rm" -s q -l quiet -d 'Print no sentences, only data and errors'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand credential-type; and __fish_seen_subcommand_from rm" -l silent -d 'Print nothing at all, not even errors: the exit code tells'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand credential-type; and __fish_seen_subcommand_from rm" -s n -l no-interaction -d 'Ask nothing'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand credential-type; and __fish_seen_subcommand_from rm" -l ansi
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand credential-type; and __fish_seen_subcommand_from rm" -l no-ansi -d 'No colours (none are used)'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand credential-type; and __fish_seen_subcommand_from rm" -s h -l help -d 'Print help'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand credential-type; and __fish_seen_subcommand_from import-json" -l file -d 'The definition, a *.credtype.json' -r -F
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand credential-type; and __fish_seen_subcommand_from import-json" -s f -l format -d 'How to print the result' -r -f -a "text\t''
json\t''"
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand credential-type; and __fish_seen_subcommand_from import-json" -s e -l environment -d 'Read settings from this file instead of /etc/multiflexi/multiflexi.env' -r -F
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand credential-type; and __fish_seen_subcommand_from import-json" -s v -l verbose -d 'After a create or update print the whole record'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand credential-type; and __fish_seen_subcommand_from import-json" -s q -l quiet -d 'Print no sentences, only data and errors'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand credential-type; and __fish_seen_subcommand_from import-json" -l silent -d 'Print nothing at all, not even errors: the exit code tells'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand credential-type; and __fish_seen_subcommand_from import-json" -s n -l no-interaction -d 'Ask nothing'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand credential-type; and __fish_seen_subcommand_from import-json" -l ansi
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand credential-type; and __fish_seen_subcommand_from import-json" -l no-ansi -d 'No colours (none are used)'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand credential-type; and __fish_seen_subcommand_from import-json" -s h -l help -d 'Print help'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand credential-type; and __fish_seen_subcommand_from validate-json" -l file -d 'The definition, a *.credtype.json' -r -F
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand credential-type; and __fish_seen_subcommand_from validate-json" -s f -l format -d 'How to print the result' -r -f -a "text\t''
json\t''"
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand credential-type; and __fish_seen_subcommand_from validate-json" -s e -l environment -d 'Read settings from this file instead of /etc/multiflexi/multiflexi.env' -r -F
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand credential-type; and __fish_seen_subcommand_from validate-json" -s v -l verbose -d 'After a create or update print the whole record'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand credential-type; and __fish_seen_subcommand_from validate-json" -s q -l quiet -d 'Print no sentences, only data and errors'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand credential-type; and __fish_seen_subcommand_from validate-json" -l silent -d 'Print nothing at all, not even errors: the exit code tells'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand credential-type; and __fish_seen_subcommand_from validate-json" -s n -l no-interaction -d 'Ask nothing'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand credential-type; and __fish_seen_subcommand_from validate-json" -l ansi
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand credential-type; and __fish_seen_subcommand_from validate-json" -l no-ansi -d 'No colours (none are used)'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand credential-type; and __fish_seen_subcommand_from validate-json" -s h -l help -d 'Print help'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand credential-prototype; and not __fish_seen_subcommand_from list ls get show create update delete rm import-json export-json validate-json sync" -s h -l help -d 'Print help'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand credential-prototype; and not __fish_seen_subcommand_from list ls get show create update delete rm import-json export-json validate-json sync" -f -a "list" -d 'List credential prototypes'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand credential-prototype; and not __fish_seen_subcommand_from list ls get show create update delete rm import-json export-json validate-json sync" -f -a "ls" -d 'List credential prototypes'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand credential-prototype; and not __fish_seen_subcommand_from list ls get show create update delete rm import-json export-json validate-json sync" -f -a "get" -d 'Show a credential prototype with its fields'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand credential-prototype; and not __fish_seen_subcommand_from list ls get show create update delete rm import-json export-json validate-json sync" -f -a "show" -d 'Show a credential prototype with its fields'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand credential-prototype; and not __fish_seen_subcommand_from list ls get show create update delete rm import-json export-json validate-json sync" -f -a "create" -d 'Create a credential prototype'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand credential-prototype; and not __fish_seen_subcommand_from list ls get show create update delete rm import-json export-json validate-json sync" -f -a "update" -d 'Change a credential prototype'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand credential-prototype; and not __fish_seen_subcommand_from list ls get show create update delete rm import-json export-json validate-json sync" -f -a "delete" -d 'Delete a credential prototype that no type uses'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand credential-prototype; and not __fish_seen_subcommand_from list ls get show create update delete rm import-json export-json validate-json sync" -f -a "rm" -d 'Delete a credential prototype that no type uses'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand credential-prototype; and not __fish_seen_subcommand_from list ls get show create update delete rm import-json export-json validate-json sync" -f -a "import-json" -d 'Import a credential prototype from its definition'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand credential-prototype; and not __fish_seen_subcommand_from list ls get show create update delete rm import-json export-json validate-json sync" -f -a "export-json" -d 'Write a credential prototype\'s definition'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand credential-prototype; and not __fish_seen_subcommand_from list ls get show create update delete rm import-json export-json validate-json sync" -f -a "validate-json" -d 'Check a definition against the schema'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand credential-prototype; and not __fish_seen_subcommand_from list ls get show create update delete rm import-json export-json validate-json sync" -f -a "sync" -d 'Bring in the built-in prototypes and those that are installed'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand credential-prototype; and __fish_seen_subcommand_from list" -l limit -d 'At most so many rows' -r
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand credential-prototype; and __fish_seen_subcommand_from list" -l offset -d 'Leave out so many rows first' -r
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand credential-prototype; and __fish_seen_subcommand_from list" -l order -d 'A (ascending by id), D (descending), or a column to order by' -r
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand credential-prototype; and __fish_seen_subcommand_from list" -l fields -d 'Only these fields, with commas between' -r
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand credential-prototype; and __fish_seen_subcommand_from list" -s f -l format -d 'How to print the result' -r -f -a "text\t''
json\t''
csv\t''"
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand credential-prototype; and __fish_seen_subcommand_from list" -s e -l environment -d 'Read settings from this file instead of /etc/multiflexi/multiflexi.env' -r -F
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand credential-prototype; and __fish_seen_subcommand_from list" -s v -l verbose -d 'After a create or update print the whole record'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand credential-prototype; and __fish_seen_subcommand_from list" -s q -l quiet -d 'Print no sentences, only data and errors'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand credential-prototype; and __fish_seen_subcommand_from list" -l silent -d 'Print nothing at all, not even errors: the exit code tells'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand credential-prototype; and __fish_seen_subcommand_from list" -s n -l no-interaction -d 'Ask nothing'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand credential-prototype; and __fish_seen_subcommand_from list" -l ansi
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand credential-prototype; and __fish_seen_subcommand_from list" -l no-ansi -d 'No colours (none are used)'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand credential-prototype; and __fish_seen_subcommand_from list" -s h -l help -d 'Print help'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand credential-prototype; and __fish_seen_subcommand_from ls" -l limit -d 'At most so many rows' -r
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand credential-prototype; and __fish_seen_subcommand_from ls" -l offset -d 'Leave out so many rows first' -r
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand credential-prototype; and __fish_seen_subcommand_from ls" -l order -d 'A (ascending by id), D (descending), or a column to order by' -r
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand credential-prototype; and __fish_seen_subcommand_from ls" -l fields -d 'Only these fields, with commas between' -r
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand credential-prototype; and __fish_seen_subcommand_from ls" -s f -l format -d 'How to print the result' -r -f -a "text\t''
json\t''
csv\t''"
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand credential-prototype; and __fish_seen_subcommand_from ls" -s e -l environment -d 'Read settings from this file instead of /etc/multiflexi/multiflexi.env' -r -F
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand credential-prototype; and __fish_seen_subcommand_from ls" -s v -l verbose -d 'After a create or update print the whole record'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand credential-prototype; and __fish_seen_subcommand_from ls" -s q -l quiet -d 'Print no sentences, only data and errors'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand credential-prototype; and __fish_seen_subcommand_from ls" -l silent -d 'Print nothing at all, not even errors: the exit code tells'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand credential-prototype; and __fish_seen_subcommand_from ls" -s n -l no-interaction -d 'Ask nothing'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand credential-prototype; and __fish_seen_subcommand_from ls" -l ansi
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand credential-prototype; and __fish_seen_subcommand_from ls" -l no-ansi -d 'No colours (none are used)'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand credential-prototype; and __fish_seen_subcommand_from ls" -s h -l help -d 'Print help'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand credential-prototype; and __fish_seen_subcommand_from get" -l uuid -d 'By its uuid' -r
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand credential-prototype; and __fish_seen_subcommand_from get" -l code -d 'By its code' -r
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand credential-prototype; and __fish_seen_subcommand_from get" -l fields -d 'Only these fields, with commas between' -r
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand credential-prototype; and __fish_seen_subcommand_from get" -l id -d 'By its id' -r
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand credential-prototype; and __fish_seen_subcommand_from get" -s f -l format -d 'How to print the result' -r -f -a "text\t''
json\t''"
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand credential-prototype; and __fish_seen_subcommand_from get" -s e -l environment -d 'Read settings from this file instead of /etc/multiflexi/multiflexi.env' -r -F
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand credential-prototype; and __fish_seen_subcommand_from get" -s v -l verbose -d 'After a create or update print the whole record'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand credential-prototype; and __fish_seen_subcommand_from get" -s q -l quiet -d 'Print no sentences, only data and errors'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand credential-prototype; and __fish_seen_subcommand_from get" -l silent -d 'Print nothing at all, not even errors: the exit code tells'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand credential-prototype; and __fish_seen_subcommand_from get" -s n -l no-interaction -d 'Ask nothing'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand credential-prototype; and __fish_seen_subcommand_from get" -l ansi
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand credential-prototype; and __fish_seen_subcommand_from get" -l no-ansi -d 'No colours (none are used)'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand credential-prototype; and __fish_seen_subcommand_from get" -s h -l help -d 'Print help'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand credential-prototype; and __fish_seen_subcommand_from show" -l uuid -d 'By its uuid' -r
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand credential-prototype; and __fish_seen_subcommand_from show" -l code -d 'By its code' -r
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand credential-prototype; and __fish_seen_subcommand_from show" -l fields -d 'Only these fields, with commas between' -r
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand credential-prototype; and __fish_seen_subcommand_from show" -l id -d 'By its id' -r
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand credential-prototype; and __fish_seen_subcommand_from show" -s f -l format -d 'How to print the result' -r -f -a "text\t''
json\t''"
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand credential-prototype; and __fish_seen_subcommand_from show" -s e -l environment -d 'Read settings from this file instead of /etc/multiflexi/multiflexi.env' -r -F
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand credential-prototype; and __fish_seen_subcommand_from show" -s v -l verbose -d 'After a create or update print the whole record'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand credential-prototype; and __fish_seen_subcommand_from show" -s q -l quiet -d 'Print no sentences, only data and errors'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand credential-prototype; and __fish_seen_subcommand_from show" -l silent -d 'Print nothing at all, not even errors: the exit code tells'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand credential-prototype; and __fish_seen_subcommand_from show" -s n -l no-interaction -d 'Ask nothing'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand credential-prototype; and __fish_seen_subcommand_from show" -l ansi
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand credential-prototype; and __fish_seen_subcommand_from show" -l no-ansi -d 'No colours (none are used)'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand credential-prototype; and __fish_seen_subcommand_from show" -s h -l help -d 'Print help'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand credential-prototype; and __fish_seen_subcommand_from create" -l uuid -d 'Its UUID; without one a random one is made' -r
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand credential-prototype; and __fish_seen_subcommand_from create" -l code -d 'Its code, which applications name' -r
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand credential-prototype; and __fish_seen_subcommand_from create" -l name -d 'Its name' -r
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand credential-prototype; and __fish_seen_subcommand_from create" -l description -d 'What it is for' -r
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand credential-prototype; and __fish_seen_subcommand_from create" -l prototype-version -d 'Its version [default: 1.0]' -r
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand credential-prototype; and __fish_seen_subcommand_from create" -l logo -d 'Its logo, a URL or a file\'s name' -r
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand credential-prototype; and __fish_seen_subcommand_from create" -l url -d 'Where more is told of it' -r
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand credential-prototype; and __fish_seen_subcommand_from create" -s f -l format -d 'How to print the result' -r -f -a "text\t''
json\t''"
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand credential-prototype; and __fish_seen_subcommand_from create" -s e -l environment -d 'Read settings from this file instead of /etc/multiflexi/multiflexi.env' -r -F
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand credential-prototype; and __fish_seen_subcommand_from create" -s v -l verbose -d 'After a create or update print the whole record'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand credential-prototype; and __fish_seen_subcommand_from create" -s q -l quiet -d 'Print no sentences, only data and errors'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand credential-prototype; and __fish_seen_subcommand_from create" -l silent -d 'Print nothing at all, not even errors: the exit code tells'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand credential-prototype; and __fish_seen_subcommand_from create" -s n -l no-interaction -d 'Ask nothing'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand credential-prototype; and __fish_seen_subcommand_from create" -l ansi
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand credential-prototype; and __fish_seen_subcommand_from create" -l no-ansi -d 'No colours (none are used)'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand credential-prototype; and __fish_seen_subcommand_from create" -s h -l help -d 'Print help'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand credential-prototype; and __fish_seen_subcommand_from update" -l uuid -d 'Its UUID; without one a random one is made' -r
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand credential-prototype; and __fish_seen_subcommand_from update" -l code -d 'Its code, which applications name' -r
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand credential-prototype; and __fish_seen_subcommand_from update" -l name -d 'Its name' -r
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand credential-prototype; and __fish_seen_subcommand_from update" -l description -d 'What it is for' -r
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand credential-prototype; and __fish_seen_subcommand_from update" -l prototype-version -d 'Its version' -r
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand credential-prototype; and __fish_seen_subcommand_from update" -l logo -d 'Its logo, a URL or a file\'s name' -r
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand credential-prototype; and __fish_seen_subcommand_from update" -l url -d 'Where more is told of it' -r
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand credential-prototype; and __fish_seen_subcommand_from update" -l id -d 'Its id' -r
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand credential-prototype; and __fish_seen_subcommand_from update" -s f -l format -d 'How to print the result' -r -f -a "text\t''
json\t''"
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand credential-prototype; and __fish_seen_subcommand_from update" -s e -l environment -d 'Read settings from this file instead of /etc/multiflexi/multiflexi.env' -r -F
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand credential-prototype; and __fish_seen_subcommand_from update" -s v -l verbose -d 'After a create or update print the whole record'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand credential-prototype; and __fish_seen_subcommand_from update" -s q -l quiet -d 'Print no sentences, only data and errors'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand credential-prototype; and __fish_seen_subcommand_from update" -l silent -d 'Print nothing at all, not even errors: the exit code tells'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand credential-prototype; and __fish_seen_subcommand_from update" -s n -l no-interaction -d 'Ask nothing'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand credential-prototype; and __fish_seen_subcommand_from update" -l ansi
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand credential-prototype; and __fish_seen_subcommand_from update" -l no-ansi -d 'No colours (none are used)'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand credential-prototype; and __fish_seen_subcommand_from update" -s h -l help -d 'Print help'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand credential-prototype; and __fish_seen_subcommand_from delete" -l uuid -d 'By its uuid' -r
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand credential-prototype; and __fish_seen_subcommand_from delete" -l code -d 'By its code' -r
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand credential-prototype; and __fish_seen_subcommand_from delete" -l id -d 'By its id' -r
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand credential-prototype; and __fish_seen_subcommand_from delete" -s f -l format -d 'How to print the result' -r -f -a "text\t''
json\t''"
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand credential-prototype; and __fish_seen_subcommand_from delete" -s e -l environment -d 'Read settings from this file instead of /etc/multiflexi/multiflexi.env' -r -F
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand credential-prototype; and __fish_seen_subcommand_from delete" -l dry-run -d 'Only say what would be done'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand credential-prototype; and __fish_seen_subcommand_from delete" -s y -l yes -d 'Do not ask, also on a terminal'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand credential-prototype; and __fish_seen_subcommand_from delete" -s v -l verbose -d 'After a create or update print the whole record'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand credential-prototype; and __fish_seen_subcommand_from delete" -s q -l quiet -d 'Print no sentences, only data and errors'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand credential-prototype; and __fish_seen_subcommand_from delete" -l silent -d 'Print nothing at all, not even errors: the exit code tells'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand credential-prototype; and __fish_seen_subcommand_from delete" -s n -l no-interaction -d 'Ask nothing'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand credential-prototype; and __fish_seen_subcommand_from delete" -l ansi
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand credential-prototype; and __fish_seen_subcommand_from delete" -l no-ansi -d 'No colours (none are used)'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand credential-prototype; and __fish_seen_subcommand_from delete" -s h -l help -d 'Print help'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand credential-prototype; and __fish_seen_subcommand_from rm" -l uuid -d 'By its uuid' -r
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand credential-prototype; and __fish_seen_subcommand_from rm" -l code -d 'By its code' -r
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand credential-prototype; and __fish_seen_subcommand_from rm" -l id -d 'By its id' -r
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand credential-prototype; and __fish_seen_subcommand_from rm" -s f -l format -d 'How to print the result' -r -f -a "text\t''
json\t''"
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand credential-prototype; and __fish_seen_subcommand_from rm" -s e -l environment -d 'Read settings from this file instead of /etc/multiflexi/multiflexi.env' -r -F
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand credential-prototype; and __fish_seen_subcommand_from rm" -l dry-run -d 'Only say what would be done'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand credential-prototype; and __fish_seen_subcommand_from rm" -s y -l yes -d 'Do not ask, also on a terminal'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand credential-prototype; and __fish_seen_subcommand_from rm" -s v -l verbose -d 'After a create or update print the whole record'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand credential-prototype; and __fish_seen_subcommand_from rm" -s q -l quiet -d 'Print no sentences, only data and errors'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand credential-prototype; and __fish_seen_subcommand_from rm" -l silent -d 'Print nothing at all, not even errors: the exit code tells'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand credential-prototype; and __fish_seen_subcommand_from rm" -s n -l no-interaction -d 'Ask nothing'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand credential-prototype; and __fish_seen_subcommand_from rm" -l ansi
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand credential-prototype; and __fish_seen_subcommand_from rm" -l no-ansi -d 'No colours (none are used)'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand credential-prototype; and __fish_seen_subcommand_from rm" -s h -l help -d 'Print help'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand credential-prototype; and __fish_seen_subcommand_from import-json" -l file -d 'The definition, a *.credprototype.json' -r -F
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand credential-prototype; and __fish_seen_subcommand_from import-json" -s f -l format -d 'How to print the result' -r -f -a "text\t''
json\t''"
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand credential-prototype; and __fish_seen_subcommand_from import-json" -s e -l environment -d 'Read settings from this file instead of /etc/multiflexi/multiflexi.env' -r -F
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand credential-prototype; and __fish_seen_subcommand_from import-json" -s v -l verbose -d 'After a create or update print the whole record'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand credential-prototype; and __fish_seen_subcommand_from import-json" -s q -l quiet -d 'Print no sentences, only data and errors'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand credential-prototype; and __fish_seen_subcommand_from import-json" -l silent -d 'Print nothing at all, not even errors: the exit code tells'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand credential-prototype; and __fish_seen_subcommand_from import-json" -s n -l no-interaction -d 'Ask nothing'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand credential-prototype; and __fish_seen_subcommand_from import-json" -l ansi
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand credential-prototype; and __fish_seen_subcommand_from import-json" -l no-ansi -d 'No colours (none are used)'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand credential-prototype; and __fish_seen_subcommand_from import-json" -s h -l help -d 'Print help'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand credential-prototype; and __fish_seen_subcommand_from export-json" -l uuid -d 'By its uuid' -r
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand credential-prototype; and __fish_seen_subcommand_from export-json" -l code -d 'By its code' -r
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand credential-prototype; and __fish_seen_subcommand_from export-json" -l file -d 'The file to write' -r -F
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand credential-prototype; and __fish_seen_subcommand_from export-json" -l id -d 'By its id' -r
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand credential-prototype; and __fish_seen_subcommand_from export-json" -s f -l format -d 'How to print the result' -r -f -a "text\t''
json\t''"
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand credential-prototype; and __fish_seen_subcommand_from export-json" -s e -l environment -d 'Read settings from this file instead of /etc/multiflexi/multiflexi.env' -r -F
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand credential-prototype; and __fish_seen_subcommand_from export-json" -s v -l verbose -d 'After a create or update print the whole record'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand credential-prototype; and __fish_seen_subcommand_from export-json" -s q -l quiet -d 'Print no sentences, only data and errors'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand credential-prototype; and __fish_seen_subcommand_from export-json" -l silent -d 'Print nothing at all, not even errors: the exit code tells'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand credential-prototype; and __fish_seen_subcommand_from export-json" -s n -l no-interaction -d 'Ask nothing'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand credential-prototype; and __fish_seen_subcommand_from export-json" -l ansi
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand credential-prototype; and __fish_seen_subcommand_from export-json" -l no-ansi -d 'No colours (none are used)'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand credential-prototype; and __fish_seen_subcommand_from export-json" -s h -l help -d 'Print help'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand credential-prototype; and __fish_seen_subcommand_from validate-json" -l file -d 'The definition, a *.credprototype.json' -r -F
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand credential-prototype; and __fish_seen_subcommand_from validate-json" -s f -l format -d 'How to print the result' -r -f -a "text\t''
json\t''"
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand credential-prototype; and __fish_seen_subcommand_from validate-json" -s e -l environment -d 'Read settings from this file instead of /etc/multiflexi/multiflexi.env' -r -F
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand credential-prototype; and __fish_seen_subcommand_from validate-json" -s v -l verbose -d 'After a create or update print the whole record'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand credential-prototype; and __fish_seen_subcommand_from validate-json" -s q -l quiet -d 'Print no sentences, only data and errors'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand credential-prototype; and __fish_seen_subcommand_from validate-json" -l silent -d 'Print nothing at all, not even errors: the exit code tells'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand credential-prototype; and __fish_seen_subcommand_from validate-json" -s n -l no-interaction -d 'Ask nothing'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand credential-prototype; and __fish_seen_subcommand_from validate-json" -l ansi
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand credential-prototype; and __fish_seen_subcommand_from validate-json" -l no-ansi -d 'No colours (none are used)'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand credential-prototype; and __fish_seen_subcommand_from validate-json" -s h -l help -d 'Print help'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand credential-prototype; and __fish_seen_subcommand_from sync" -l directory -d 'Take the *.credprototype.json of this directory only, not the built-in ones and those that the suite\'s packages install' -r -F
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand credential-prototype; and __fish_seen_subcommand_from sync" -s f -l format -d 'How to print the result' -r -f -a "text\t''
json\t''"
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand credential-prototype; and __fish_seen_subcommand_from sync" -s e -l environment -d 'Read settings from this file instead of /etc/multiflexi/multiflexi.env' -r -F
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand credential-prototype; and __fish_seen_subcommand_from sync" -s v -l verbose -d 'After a create or update print the whole record'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand credential-prototype; and __fish_seen_subcommand_from sync" -s q -l quiet -d 'Print no sentences, only data and errors'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand credential-prototype; and __fish_seen_subcommand_from sync" -l silent -d 'Print nothing at all, not even errors: the exit code tells'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand credential-prototype; and __fish_seen_subcommand_from sync" -s n -l no-interaction -d 'Ask nothing'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand credential-prototype; and __fish_seen_subcommand_from sync" -l ansi
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand credential-prototype; and __fish_seen_subcommand_from sync" -l no-ansi -d 'No colours (none are used)'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand credential-prototype; and __fish_seen_subcommand_from sync" -s h -l help -d 'Print help'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand encryption; and not __fish_seen_subcommand_from status init" -s h -l help -d 'Print help'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand encryption; and not __fish_seen_subcommand_from status init" -f -a "status" -d 'Tell which keys there are and whether the master key fits'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand encryption; and not __fish_seen_subcommand_from status init" -f -a "init" -d 'Make the key, if there is none yet'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand encryption; and __fish_seen_subcommand_from status" -s f -l format -d 'How to print the result' -r -f -a "text\t''
json\t''"
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand encryption; and __fish_seen_subcommand_from status" -s e -l environment -d 'Read settings from this file instead of /etc/multiflexi/multiflexi.env' -r -F
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand encryption; and __fish_seen_subcommand_from status" -s v -l verbose -d 'After a create or update print the whole record'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand encryption; and __fish_seen_subcommand_from status" -s q -l quiet -d 'Print no sentences, only data and errors'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand encryption; and __fish_seen_subcommand_from status" -l silent -d 'Print nothing at all, not even errors: the exit code tells'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand encryption; and __fish_seen_subcommand_from status" -s n -l no-interaction -d 'Ask nothing'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand encryption; and __fish_seen_subcommand_from status" -l ansi
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand encryption; and __fish_seen_subcommand_from status" -l no-ansi -d 'No colours (none are used)'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand encryption; and __fish_seen_subcommand_from status" -s h -l help -d 'Print help'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand encryption; and __fish_seen_subcommand_from init" -s f -l format -d 'How to print the result' -r -f -a "text\t''
json\t''"
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand encryption; and __fish_seen_subcommand_from init" -s e -l environment -d 'Read settings from this file instead of /etc/multiflexi/multiflexi.env' -r -F
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand encryption; and __fish_seen_subcommand_from init" -l force -d 'Make a new version of the key although there is one; values under older versions stay readable'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand encryption; and __fish_seen_subcommand_from init" -s v -l verbose -d 'After a create or update print the whole record'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand encryption; and __fish_seen_subcommand_from init" -s q -l quiet -d 'Print no sentences, only data and errors'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand encryption; and __fish_seen_subcommand_from init" -l silent -d 'Print nothing at all, not even errors: the exit code tells'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand encryption; and __fish_seen_subcommand_from init" -s n -l no-interaction -d 'Ask nothing'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand encryption; and __fish_seen_subcommand_from init" -l ansi
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand encryption; and __fish_seen_subcommand_from init" -l no-ansi -d 'No colours (none are used)'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand encryption; and __fish_seen_subcommand_from init" -s h -l help -d 'Print help'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand user; and not __fish_seen_subcommand_from list ls get show create update delete rm" -s h -l help -d 'Print help'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand user; and not __fish_seen_subcommand_from list ls get show create update delete rm" -f -a "list" -d 'List users'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand user; and not __fish_seen_subcommand_from list ls get show create update delete rm" -f -a "ls" -d 'List users'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand user; and not __fish_seen_subcommand_from list ls get show create update delete rm" -f -a "get" -d 'Show a user'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand user; and not __fish_seen_subcommand_from list ls get show create update delete rm" -f -a "show" -d 'Show a user'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand user; and not __fish_seen_subcommand_from list ls get show create update delete rm" -f -a "create" -d 'Create a user'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand user; and not __fish_seen_subcommand_from list ls get show create update delete rm" -f -a "update" -d 'Change a user'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand user; and not __fish_seen_subcommand_from list ls get show create update delete rm" -f -a "delete" -d 'Delete a user with their tokens'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand user; and not __fish_seen_subcommand_from list ls get show create update delete rm" -f -a "rm" -d 'Delete a user with their tokens'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand user; and __fish_seen_subcommand_from list" -l limit -d 'At most so many rows' -r
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand user; and __fish_seen_subcommand_from list" -l offset -d 'Leave out so many rows first' -r
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand user; and __fish_seen_subcommand_from list" -l order -d 'A (ascending by id), D (descending), or a column to order by' -r
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand user; and __fish_seen_subcommand_from list" -l fields -d 'Only these fields, with commas between' -r
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand user; and __fish_seen_subcommand_from list" -s f -l format -d 'How to print the result' -r -f -a "text\t''
json\t''
csv\t''"
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand user; and __fish_seen_subcommand_from list" -s e -l environment -d 'Read settings from this file instead of /etc/multiflexi/multiflexi.env' -r -F
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand user; and __fish_seen_subcommand_from list" -s v -l verbose -d 'After a create or update print the whole record'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand user; and __fish_seen_subcommand_from list" -s q -l quiet -d 'Print no sentences, only data and errors'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand user; and __fish_seen_subcommand_from list" -l silent -d 'Print nothing at all, not even errors: the exit code tells'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand user; and __fish_seen_subcommand_from list" -s n -l no-interaction -d 'Ask nothing'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand user; and __fish_seen_subcommand_from list" -l ansi
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand user; and __fish_seen_subcommand_from list" -l no-ansi -d 'No colours (none are used)'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand user; and __fish_seen_subcommand_from list" -s h -l help -d 'Print help'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand user; and __fish_seen_subcommand_from ls" -l limit -d 'At most so many rows' -r
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand user; and __fish_seen_subcommand_from ls" -l offset -d 'Leave out so many rows first' -r
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand user; and __fish_seen_subcommand_from ls" -l order -d 'A (ascending by id), D (descending), or a column to order by' -r
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand user; and __fish_seen_subcommand_from ls" -l fields -d 'Only these fields, with commas between' -r
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand user; and __fish_seen_subcommand_from ls" -s f -l format -d 'How to print the result' -r -f -a "text\t''
json\t''
csv\t''"
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand user; and __fish_seen_subcommand_from ls" -s e -l environment -d 'Read settings from this file instead of /etc/multiflexi/multiflexi.env' -r -F
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand user; and __fish_seen_subcommand_from ls" -s v -l verbose -d 'After a create or update print the whole record'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand user; and __fish_seen_subcommand_from ls" -s q -l quiet -d 'Print no sentences, only data and errors'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand user; and __fish_seen_subcommand_from ls" -l silent -d 'Print nothing at all, not even errors: the exit code tells'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand user; and __fish_seen_subcommand_from ls" -s n -l no-interaction -d 'Ask nothing'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand user; and __fish_seen_subcommand_from ls" -l ansi
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand user; and __fish_seen_subcommand_from ls" -l no-ansi -d 'No colours (none are used)'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand user; and __fish_seen_subcommand_from ls" -s h -l help -d 'Print help'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand user; and __fish_seen_subcommand_from get" -l login -d 'By its login' -r
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand user; and __fish_seen_subcommand_from get" -l email -d 'By its email' -r
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand user; and __fish_seen_subcommand_from get" -l fields -d 'Only these fields, with commas between' -r
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand user; and __fish_seen_subcommand_from get" -l id -d 'By its id' -r
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand user; and __fish_seen_subcommand_from get" -s f -l format -d 'How to print the result' -r -f -a "text\t''
json\t''"
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand user; and __fish_seen_subcommand_from get" -s e -l environment -d 'Read settings from this file instead of /etc/multiflexi/multiflexi.env' -r -F
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand user; and __fish_seen_subcommand_from get" -s v -l verbose -d 'After a create or update print the whole record'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand user; and __fish_seen_subcommand_from get" -s q -l quiet -d 'Print no sentences, only data and errors'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand user; and __fish_seen_subcommand_from get" -l silent -d 'Print nothing at all, not even errors: the exit code tells'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand user; and __fish_seen_subcommand_from get" -s n -l no-interaction -d 'Ask nothing'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand user; and __fish_seen_subcommand_from get" -l ansi
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand user; and __fish_seen_subcommand_from get" -l no-ansi -d 'No colours (none are used)'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand user; and __fish_seen_subcommand_from get" -s h -l help -d 'Print help'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand user; and __fish_seen_subcommand_from show" -l login -d 'By its login' -r
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand user; and __fish_seen_subcommand_from show" -l email -d 'By its email' -r
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand user; and __fish_seen_subcommand_from show" -l fields -d 'Only these fields, with commas between' -r
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand user; and __fish_seen_subcommand_from show" -l id -d 'By its id' -r
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand user; and __fish_seen_subcommand_from show" -s f -l format -d 'How to print the result' -r -f -a "text\t''
json\t''"
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand user; and __fish_seen_subcommand_from show" -s e -l environment -d 'Read settings from this file instead of /etc/multiflexi/multiflexi.env' -r -F
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand user; and __fish_seen_subcommand_from show" -s v -l verbose -d 'After a create or update print the whole record'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand user; and __fish_seen_subcommand_from show" -s q -l quiet -d 'Print no sentences, only data and errors'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand user; and __fish_seen_subcommand_from show" -l silent -d 'Print nothing at all, not even errors: the exit code tells'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand user; and __fish_seen_subcommand_from show" -s n -l no-interaction -d 'Ask nothing'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand user; and __fish_seen_subcommand_from show" -l ansi
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand user; and __fish_seen_subcommand_from show" -l no-ansi -d 'No colours (none are used)'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand user; and __fish_seen_subcommand_from show" -s h -l help -d 'Print help'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand user; and __fish_seen_subcommand_from create" -l login -d 'Their login' -r
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand user; and __fish_seen_subcommand_from create" -l firstname -d 'Their first name' -r
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand user; and __fish_seen_subcommand_from create" -l lastname -d 'Their last name' -r
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand user; and __fish_seen_subcommand_from create" -l email -d 'Their e-mail address' -r
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand user; and __fish_seen_subcommand_from create" -l password -d 'Their password, hashed already (bcrypt)' -r
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand user; and __fish_seen_subcommand_from create" -l enabled -d 'May they log in? [default: 1]' -r
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand user; and __fish_seen_subcommand_from create" -l plaintext -d 'Their password; it is stored hashed' -r
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand user; and __fish_seen_subcommand_from create" -s f -l format -d 'How to print the result' -r -f -a "text\t''
json\t''"
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand user; and __fish_seen_subcommand_from create" -s e -l environment -d 'Read settings from this file instead of /etc/multiflexi/multiflexi.env' -r -F
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand user; and __fish_seen_subcommand_from create" -s v -l verbose -d 'After a create or update print the whole record'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand user; and __fish_seen_subcommand_from create" -s q -l quiet -d 'Print no sentences, only data and errors'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand user; and __fish_seen_subcommand_from create" -l silent -d 'Print nothing at all, not even errors: the exit code tells'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand user; and __fish_seen_subcommand_from create" -s n -l no-interaction -d 'Ask nothing'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand user; and __fish_seen_subcommand_from create" -l ansi
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand user; and __fish_seen_subcommand_from create" -l no-ansi -d 'No colours (none are used)'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand user; and __fish_seen_subcommand_from create" -s h -l help -d 'Print help'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand user; and __fish_seen_subcommand_from update" -l login -d 'Their login' -r
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand user; and __fish_seen_subcommand_from update" -l firstname -d 'Their first name' -r
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand user; and __fish_seen_subcommand_from update" -l lastname -d 'Their last name' -r
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand user; and __fish_seen_subcommand_from update" -l email -d 'Their e-mail address' -r
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand user; and __fish_seen_subcommand_from update" -l password -d 'Their password, hashed already (bcrypt)' -r
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand user; and __fish_seen_subcommand_from update" -l enabled -d 'May they log in?' -r
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand user; and __fish_seen_subcommand_from update" -l plaintext -d 'Their password; it is stored hashed' -r
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand user; and __fish_seen_subcommand_from update" -l id -d 'Its id' -r
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand user; and __fish_seen_subcommand_from update" -s f -l format -d 'How to print the result' -r -f -a "text\t''
json\t''"
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand user; and __fish_seen_subcommand_from update" -s e -l environment -d 'Read settings from this file instead of /etc/multiflexi/multiflexi.env' -r -F
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand user; and __fish_seen_subcommand_from update" -s v -l verbose -d 'After a create or update print the whole record'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand user; and __fish_seen_subcommand_from update" -s q -l quiet -d 'Print no sentences, only data and errors'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand user; and __fish_seen_subcommand_from update" -l silent -d 'Print nothing at all, not even errors: the exit code tells'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand user; and __fish_seen_subcommand_from update" -s n -l no-interaction -d 'Ask nothing'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand user; and __fish_seen_subcommand_from update" -l ansi
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand user; and __fish_seen_subcommand_from update" -l no-ansi -d 'No colours (none are used)'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand user; and __fish_seen_subcommand_from update" -s h -l help -d 'Print help'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand user; and __fish_seen_subcommand_from delete" -l login -d 'By its login' -r
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand user; and __fish_seen_subcommand_from delete" -l email -d 'By its email' -r
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand user; and __fish_seen_subcommand_from delete" -l id -d 'By its id' -r
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand user; and __fish_seen_subcommand_from delete" -s f -l format -d 'How to print the result' -r -f -a "text\t''
json\t''"
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand user; and __fish_seen_subcommand_from delete" -s e -l environment -d 'Read settings from this file instead of /etc/multiflexi/multiflexi.env' -r -F
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand user; and __fish_seen_subcommand_from delete" -l dry-run -d 'Only say what would be done'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand user; and __fish_seen_subcommand_from delete" -s y -l yes -d 'Do not ask, also on a terminal'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand user; and __fish_seen_subcommand_from delete" -s v -l verbose -d 'After a create or update print the whole record'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand user; and __fish_seen_subcommand_from delete" -s q -l quiet -d 'Print no sentences, only data and errors'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand user; and __fish_seen_subcommand_from delete" -l silent -d 'Print nothing at all, not even errors: the exit code tells'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand user; and __fish_seen_subcommand_from delete" -s n -l no-interaction -d 'Ask nothing'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand user; and __fish_seen_subcommand_from delete" -l ansi
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand user; and __fish_seen_subcommand_from delete" -l no-ansi -d 'No colours (none are used)'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand user; and __fish_seen_subcommand_from delete" -s h -l help -d 'Print help'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand user; and __fish_seen_subcommand_from rm" -l login -d 'By its login' -r
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand user; and __fish_seen_subcommand_from rm" -l email -d 'By its email' -r
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand user; and __fish_seen_subcommand_from rm" -l id -d 'By its id' -r
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand user; and __fish_seen_subcommand_from rm" -s f -l format -d 'How to print the result' -r -f -a "text\t''
json\t''"
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand user; and __fish_seen_subcommand_from rm" -s e -l environment -d 'Read settings from this file instead of /etc/multiflexi/multiflexi.env' -r -F
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand user; and __fish_seen_subcommand_from rm" -l dry-run -d 'Only say what would be done'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand user; and __fish_seen_subcommand_from rm" -s y -l yes -d 'Do not ask, also on a terminal'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand user; and __fish_seen_subcommand_from rm" -s v -l verbose -d 'After a create or update print the whole record'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand user; and __fish_seen_subcommand_from rm" -s q -l quiet -d 'Print no sentences, only data and errors'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand user; and __fish_seen_subcommand_from rm" -l silent -d 'Print nothing at all, not even errors: the exit code tells'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand user; and __fish_seen_subcommand_from rm" -s n -l no-interaction -d 'Ask nothing'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand user; and __fish_seen_subcommand_from rm" -l ansi
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand user; and __fish_seen_subcommand_from rm" -l no-ansi -d 'No colours (none are used)'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand user; and __fish_seen_subcommand_from rm" -s h -l help -d 'Print help'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand token; and not __fish_seen_subcommand_from list ls get show create generate update delete rm" -s h -l help -d 'Print help'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand token; and not __fish_seen_subcommand_from list ls get show create generate update delete rm" -f -a "list" -d 'List tokens, their values masked'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand token; and not __fish_seen_subcommand_from list ls get show create generate update delete rm" -f -a "ls" -d 'List tokens, their values masked'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand token; and not __fish_seen_subcommand_from list ls get show create generate update delete rm" -f -a "get" -d 'Show a token, its value masked'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand token; and not __fish_seen_subcommand_from list ls get show create generate update delete rm" -f -a "show" -d 'Show a token, its value masked'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand token; and not __fish_seen_subcommand_from list ls get show create generate update delete rm" -f -a "create" -d 'Create a token; its value is shown this once'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand token; and not __fish_seen_subcommand_from list ls get show create generate update delete rm" -f -a "generate" -d 'Make a random token for a user; it is shown this once'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand token; and not __fish_seen_subcommand_from list ls get show create generate update delete rm" -f -a "update" -d 'Change a token'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand token; and not __fish_seen_subcommand_from list ls get show create generate update delete rm" -f -a "delete" -d 'Delete a token'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand token; and not __fish_seen_subcommand_from list ls get show create generate update delete rm" -f -a "rm" -d 'Delete a token'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand token; and __fish_seen_subcommand_from list" -l limit -d 'At most so many rows' -r
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand token; and __fish_seen_subcommand_from list" -l offset -d 'Leave out so many rows first' -r
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand token; and __fish_seen_subcommand_from list" -l order -d 'A (ascending by id), D (descending), or a column to order by' -r
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand token; and __fish_seen_subcommand_from list" -l fields -d 'Only these fields, with commas between' -r
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand token; and __fish_seen_subcommand_from list" -s f -l format -d 'How to print the result' -r -f -a "text\t''
json\t''
csv\t''"
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand token; and __fish_seen_subcommand_from list" -s e -l environment -d 'Read settings from this file instead of /etc/multiflexi/multiflexi.env' -r -F
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand token; and __fish_seen_subcommand_from list" -s v -l verbose -d 'After a create or update print the whole record'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand token; and __fish_seen_subcommand_from list" -s q -l quiet -d 'Print no sentences, only data and errors'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand token; and __fish_seen_subcommand_from list" -l silent -d 'Print nothing at all, not even errors: the exit code tells'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand token; and __fish_seen_subcommand_from list" -s n -l no-interaction -d 'Ask nothing'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand token; and __fish_seen_subcommand_from list" -l ansi
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand token; and __fish_seen_subcommand_from list" -l no-ansi -d 'No colours (none are used)'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand token; and __fish_seen_subcommand_from list" -s h -l help -d 'Print help'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand token; and __fish_seen_subcommand_from ls" -l limit -d 'At most so many rows' -r
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand token; and __fish_seen_subcommand_from ls" -l offset -d 'Leave out so many rows first' -r
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand token; and __fish_seen_subcommand_from ls" -l order -d 'A (ascending by id), D (descending), or a column to order by' -r
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand token; and __fish_seen_subcommand_from ls" -l fields -d 'Only these fields, with commas between' -r
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand token; and __fish_seen_subcommand_from ls" -s f -l format -d 'How to print the result' -r -f -a "text\t''
json\t''
csv\t''"
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand token; and __fish_seen_subcommand_from ls" -s e -l environment -d 'Read settings from this file instead of /etc/multiflexi/multiflexi.env' -r -F
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand token; and __fish_seen_subcommand_from ls" -s v -l verbose -d 'After a create or update print the whole record'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand token; and __fish_seen_subcommand_from ls" -s q -l quiet -d 'Print no sentences, only data and errors'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand token; and __fish_seen_subcommand_from ls" -l silent -d 'Print nothing at all, not even errors: the exit code tells'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand token; and __fish_seen_subcommand_from ls" -s n -l no-interaction -d 'Ask nothing'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand token; and __fish_seen_subcommand_from ls" -l ansi
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand token; and __fish_seen_subcommand_from ls" -l no-ansi -d 'No colours (none are used)'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand token; and __fish_seen_subcommand_from ls" -s h -l help -d 'Print help'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand token; and __fish_seen_subcommand_from get" -l fields -d 'Only these fields, with commas between' -r
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand token; and __fish_seen_subcommand_from get" -l id -d 'By its id' -r
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand token; and __fish_seen_subcommand_from get" -s f -l format -d 'How to print the result' -r -f -a "text\t''
json\t''"
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand token; and __fish_seen_subcommand_from get" -s e -l environment -d 'Read settings from this file instead of /etc/multiflexi/multiflexi.env' -r -F
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand token; and __fish_seen_subcommand_from get" -s v -l verbose -d 'After a create or update print the whole record'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand token; and __fish_seen_subcommand_from get" -s q -l quiet -d 'Print no sentences, only data and errors'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand token; and __fish_seen_subcommand_from get" -l silent -d 'Print nothing at all, not even errors: the exit code tells'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand token; and __fish_seen_subcommand_from get" -s n -l no-interaction -d 'Ask nothing'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand token; and __fish_seen_subcommand_from get" -l ansi
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand token; and __fish_seen_subcommand_from get" -l no-ansi -d 'No colours (none are used)'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand token; and __fish_seen_subcommand_from get" -s h -l help -d 'Print help'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand token; and __fish_seen_subcommand_from show" -l fields -d 'Only these fields, with commas between' -r
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand token; and __fish_seen_subcommand_from show" -l id -d 'By its id' -r
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand token; and __fish_seen_subcommand_from show" -s f -l format -d 'How to print the result' -r -f -a "text\t''
json\t''"
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand token; and __fish_seen_subcommand_from show" -s e -l environment -d 'Read settings from this file instead of /etc/multiflexi/multiflexi.env' -r -F
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand token; and __fish_seen_subcommand_from show" -s v -l verbose -d 'After a create or update print the whole record'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand token; and __fish_seen_subcommand_from show" -s q -l quiet -d 'Print no sentences, only data and errors'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand token; and __fish_seen_subcommand_from show" -l silent -d 'Print nothing at all, not even errors: the exit code tells'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand token; and __fish_seen_subcommand_from show" -s n -l no-interaction -d 'Ask nothing'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand token; and __fish_seen_subcommand_from show" -l ansi
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand token; and __fish_seen_subcommand_from show" -l no-ansi -d 'No colours (none are used)'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand token; and __fish_seen_subcommand_from show" -s h -l help -d 'Print help'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand token; and __fish_seen_subcommand_from create" -l user -d 'Its user\'s id' -r
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand token; and __fish_seen_subcommand_from create" -l token -d 'Its value; without one a random one is made' -r
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand token; and __fish_seen_subcommand_from create" -s f -l format -d 'How to print the result' -r -f -a "text\t''
json\t''"
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand token; and __fish_seen_subcommand_from create" -s e -l environment -d 'Read settings from this file instead of /etc/multiflexi/multiflexi.env' -r -F
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand token; and __fish_seen_subcommand_from create" -s v -l verbose -d 'After a create or update print the whole record'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand token; and __fish_seen_subcommand_from create" -s q -l quiet -d 'Print no sentences, only data and errors'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand token; and __fish_seen_subcommand_from create" -l silent -d 'Print nothing at all, not even errors: the exit code tells'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand token; and __fish_seen_subcommand_from create" -s n -l no-interaction -d 'Ask nothing'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand token; and __fish_seen_subcommand_from create" -l ansi
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand token; and __fish_seen_subcommand_from create" -l no-ansi -d 'No colours (none are used)'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand token; and __fish_seen_subcommand_from create" -s h -l help -d 'Print help'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand token; and __fish_seen_subcommand_from generate" -l user -d 'The user\'s id' -r
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand token; and __fish_seen_subcommand_from generate" -s f -l format -d 'How to print the result' -r -f -a "text\t''
json\t''"
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand token; and __fish_seen_subcommand_from generate" -s e -l environment -d 'Read settings from this file instead of /etc/multiflexi/multiflexi.env' -r -F
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand token; and __fish_seen_subcommand_from generate" -s v -l verbose -d 'After a create or update print the whole record'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand token; and __fish_seen_subcommand_from generate" -s q -l quiet -d 'Print no sentences, only data and errors'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand token; and __fish_seen_subcommand_from generate" -l silent -d 'Print nothing at all, not even errors: the exit code tells'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand token; and __fish_seen_subcommand_from generate" -s n -l no-interaction -d 'Ask nothing'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand token; and __fish_seen_subcommand_from generate" -l ansi
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand token; and __fish_seen_subcommand_from generate" -l no-ansi -d 'No colours (none are used)'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand token; and __fish_seen_subcommand_from generate" -s h -l help -d 'Print help'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand token; and __fish_seen_subcommand_from update" -l user -d 'Its user\'s id' -r
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand token; and __fish_seen_subcommand_from update" -l token -d 'Its value; without one a random one is made' -r
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand token; and __fish_seen_subcommand_from update" -l id -d 'Its id' -r
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand token; and __fish_seen_subcommand_from update" -s f -l format -d 'How to print the result' -r -f -a "text\t''
json\t''"
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand token; and __fish_seen_subcommand_from update" -s e -l environment -d 'Read settings from this file instead of /etc/multiflexi/multiflexi.env' -r -F
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand token; and __fish_seen_subcommand_from update" -s v -l verbose -d 'After a create or update print the whole record'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand token; and __fish_seen_subcommand_from update" -s q -l quiet -d 'Print no sentences, only data and errors'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand token; and __fish_seen_subcommand_from update" -l silent -d 'Print nothing at all, not even errors: the exit code tells'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand token; and __fish_seen_subcommand_from update" -s n -l no-interaction -d 'Ask nothing'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand token; and __fish_seen_subcommand_from update" -l ansi
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand token; and __fish_seen_subcommand_from update" -l no-ansi -d 'No colours (none are used)'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand token; and __fish_seen_subcommand_from update" -s h -l help -d 'Print help'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand token; and __fish_seen_subcommand_from delete" -l id -d 'By its id' -r
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand token; and __fish_seen_subcommand_from delete" -s f -l format -d 'How to print the result' -r -f -a "text\t''
json\t''"
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand token; and __fish_seen_subcommand_from delete" -s e -l environment -d 'Read settings from this file instead of /etc/multiflexi/multiflexi.env' -r -F
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand token; and __fish_seen_subcommand_from delete" -l dry-run -d 'Only say what would be done'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand token; and __fish_seen_subcommand_from delete" -s y -l yes -d 'Do not ask, also on a terminal'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand token; and __fish_seen_subcommand_from delete" -s v -l verbose -d 'After a create or update print the whole record'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand token; and __fish_seen_subcommand_from delete" -s q -l quiet -d 'Print no sentences, only data and errors'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand token; and __fish_seen_subcommand_from delete" -l silent -d 'Print nothing at all, not even errors: the exit code tells'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand token; and __fish_seen_subcommand_from delete" -s n -l no-interaction -d 'Ask nothing'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand token; and __fish_seen_subcommand_from delete" -l ansi
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand token; and __fish_seen_subcommand_from delete" -l no-ansi -d 'No colours (none are used)'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand token; and __fish_seen_subcommand_from delete" -s h -l help -d 'Print help'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand token; and __fish_seen_subcommand_from rm" -l id -d 'By its id' -r
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand token; and __fish_seen_subcommand_from rm" -s f -l format -d 'How to print the result' -r -f -a "text\t''
json\t''"
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand token; and __fish_seen_subcommand_from rm" -s e -l environment -d 'Read settings from this file instead of /etc/multiflexi/multiflexi.env' -r -F
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand token; and __fish_seen_subcommand_from rm" -l dry-run -d 'Only say what would be done'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand token; and __fish_seen_subcommand_from rm" -s y -l yes -d 'Do not ask, also on a terminal'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand token; and __fish_seen_subcommand_from rm" -s v -l verbose -d 'After a create or update print the whole record'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand token; and __fish_seen_subcommand_from rm" -s q -l quiet -d 'Print no sentences, only data and errors'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand token; and __fish_seen_subcommand_from rm" -l silent -d 'Print nothing at all, not even errors: the exit code tells'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand token; and __fish_seen_subcommand_from rm" -s n -l no-interaction -d 'Ask nothing'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand token; and __fish_seen_subcommand_from rm" -l ansi
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand token; and __fish_seen_subcommand_from rm" -l no-ansi -d 'No colours (none are used)'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand token; and __fish_seen_subcommand_from rm" -s h -l help -d 'Print help'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand user-company; and not __fish_seen_subcommand_from assign unassign" -s h -l help -d 'Print help'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand user-company; and not __fish_seen_subcommand_from assign unassign" -f -a "assign" -d 'Assign a user to a company, or give them another role there'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand user-company; and not __fish_seen_subcommand_from assign unassign" -f -a "unassign" -d 'Take a user from a company'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand user-company; and __fish_seen_subcommand_from assign" -l company_id -d 'The company, by its id' -r
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand user-company; and __fish_seen_subcommand_from assign" -l company -d 'The company, by its slug or id' -r
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand user-company; and __fish_seen_subcommand_from assign" -l user_id -d 'The user, by their id' -r
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand user-company; and __fish_seen_subcommand_from assign" -l login -d 'The user, by their login' -r
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand user-company; and __fish_seen_subcommand_from assign" -l email -d 'The user, by their e-mail address' -r
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand user-company; and __fish_seen_subcommand_from assign" -l role -d 'What they are there' -r
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand user-company; and __fish_seen_subcommand_from assign" -s f -l format -d 'How to print the result' -r -f -a "text\t''
json\t''"
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand user-company; and __fish_seen_subcommand_from assign" -s e -l environment -d 'Read settings from this file instead of /etc/multiflexi/multiflexi.env' -r -F
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand user-company; and __fish_seen_subcommand_from assign" -s v -l verbose -d 'After a create or update print the whole record'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand user-company; and __fish_seen_subcommand_from assign" -s q -l quiet -d 'Print no sentences, only data and errors'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand user-company; and __fish_seen_subcommand_from assign" -l silent -d 'Print nothing at all, not even errors: the exit code tells'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand user-company; and __fish_seen_subcommand_from assign" -s n -l no-interaction -d 'Ask nothing'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand user-company; and __fish_seen_subcommand_from assign" -l ansi
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand user-company; and __fish_seen_subcommand_from assign" -l no-ansi -d 'No colours (none are used)'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand user-company; and __fish_seen_subcommand_from assign" -s h -l help -d 'Print help'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand user-company; and __fish_seen_subcommand_from unassign" -l company_id -d 'The company, by its id' -r
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand user-company; and __fish_seen_subcommand_from unassign" -l company -d 'The company, by its slug or id' -r
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand user-company; and __fish_seen_subcommand_from unassign" -l user_id -d 'The user, by their id' -r
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand user-company; and __fish_seen_subcommand_from unassign" -l login -d 'The user, by their login' -r
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand user-company; and __fish_seen_subcommand_from unassign" -l email -d 'The user, by their e-mail address' -r
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand user-company; and __fish_seen_subcommand_from unassign" -s f -l format -d 'How to print the result' -r -f -a "text\t''
json\t''"
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand user-company; and __fish_seen_subcommand_from unassign" -s e -l environment -d 'Read settings from this file instead of /etc/multiflexi/multiflexi.env' -r -F
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand user-company; and __fish_seen_subcommand_from unassign" -s v -l verbose -d 'After a create or update print the whole record'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand user-company; and __fish_seen_subcommand_from unassign" -s q -l quiet -d 'Print no sentences, only data and errors'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand user-company; and __fish_seen_subcommand_from unassign" -l silent -d 'Print nothing at all, not even errors: the exit code tells'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand user-company; and __fish_seen_subcommand_from unassign" -s n -l no-interaction -d 'Ask nothing'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand user-company; and __fish_seen_subcommand_from unassign" -l ansi
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand user-company; and __fish_seen_subcommand_from unassign" -l no-ansi -d 'No colours (none are used)'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand user-company; and __fish_seen_subcommand_from unassign" -s h -l help -d 'Print help'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand user-role; and not __fish_seen_subcommand_from set" -s h -l help -d 'Print help'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand user-role; and not __fish_seen_subcommand_from set" -f -a "set" -d 'Set a user\'s roles'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand user-role; and __fish_seen_subcommand_from set" -l user_id -d 'The user, by their id' -r
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand user-role; and __fish_seen_subcommand_from set" -l login -d 'The user, by their login' -r
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand user-role; and __fish_seen_subcommand_from set" -l email -d 'The user, by their e-mail address' -r
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand user-role; and __fish_seen_subcommand_from set" -l roles -d 'The roles, with commas between' -r
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand user-role; and __fish_seen_subcommand_from set" -l replace -d 'Take away the roles that are not named' -r
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand user-role; and __fish_seen_subcommand_from set" -l assigned_by -d 'Who gives the roles, a user\'s id' -r
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand user-role; and __fish_seen_subcommand_from set" -s f -l format -d 'How to print the result' -r -f -a "text\t''
json\t''"
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand user-role; and __fish_seen_subcommand_from set" -s e -l environment -d 'Read settings from this file instead of /etc/multiflexi/multiflexi.env' -r -F
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand user-role; and __fish_seen_subcommand_from set" -s v -l verbose -d 'After a create or update print the whole record'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand user-role; and __fish_seen_subcommand_from set" -s q -l quiet -d 'Print no sentences, only data and errors'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand user-role; and __fish_seen_subcommand_from set" -l silent -d 'Print nothing at all, not even errors: the exit code tells'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand user-role; and __fish_seen_subcommand_from set" -s n -l no-interaction -d 'Ask nothing'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand user-role; and __fish_seen_subcommand_from set" -l ansi
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand user-role; and __fish_seen_subcommand_from set" -l no-ansi -d 'No colours (none are used)'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand user-role; and __fish_seen_subcommand_from set" -s h -l help -d 'Print help'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand user-erasure; and not __fish_seen_subcommand_from list ls create approve reject process audit cleanup" -s h -l help -d 'Print help'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand user-erasure; and not __fish_seen_subcommand_from list ls create approve reject process audit cleanup" -f -a "list" -d 'List erasure requests'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand user-erasure; and not __fish_seen_subcommand_from list ls create approve reject process audit cleanup" -f -a "ls" -d 'List erasure requests'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand user-erasure; and not __fish_seen_subcommand_from list ls create approve reject process audit cleanup" -f -a "create" -d 'Request that a user\'s data be erased'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand user-erasure; and not __fish_seen_subcommand_from list ls create approve reject process audit cleanup" -f -a "approve" -d 'Approve an erasure request'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand user-erasure; and not __fish_seen_subcommand_from list ls create approve reject process audit cleanup" -f -a "reject" -d 'Reject an erasure request'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand user-erasure; and not __fish_seen_subcommand_from list ls create approve reject process audit cleanup" -f -a "process" -d 'Erase the data of an approved request'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand user-erasure; and not __fish_seen_subcommand_from list ls create approve reject process audit cleanup" -f -a "audit" -d 'Show what an erasure did'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand user-erasure; and not __fish_seen_subcommand_from list ls create approve reject process audit cleanup" -f -a "cleanup" -d 'Delete audit entries older than 7 years'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand user-erasure; and __fish_seen_subcommand_from list" -l limit -d 'At most so many rows' -r
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand user-erasure; and __fish_seen_subcommand_from list" -l offset -d 'Leave out so many rows first' -r
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand user-erasure; and __fish_seen_subcommand_from list" -l order -d 'A (ascending by id), D (descending), or a column to order by' -r
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand user-erasure; and __fish_seen_subcommand_from list" -l fields -d 'Only these fields, with commas between' -r
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand user-erasure; and __fish_seen_subcommand_from list" -s s -l status -d 'Only requests of this status' -r -f -a "pending\t''
approved\t''
rejected\t''
completed\t''"
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand user-erasure; and __fish_seen_subcommand_from list" -s f -l format -d 'How to print the result' -r -f -a "text\t''
json\t''
csv\t''"
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand user-erasure; and __fish_seen_subcommand_from list" -s e -l environment -d 'Read settings from this file instead of /etc/multiflexi/multiflexi.env' -r -F
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand user-erasure; and __fish_seen_subcommand_from list" -s v -l verbose -d 'After a create or update print the whole record'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand user-erasure; and __fish_seen_subcommand_from list" -s q -l quiet -d 'Print no sentences, only data and errors'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand user-erasure; and __fish_seen_subcommand_from list" -l silent -d 'Print nothing at all, not even errors: the exit code tells'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand user-erasure; and __fish_seen_subcommand_from list" -s n -l no-interaction -d 'Ask nothing'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand user-erasure; and __fish_seen_subcommand_from list" -l ansi
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand user-erasure; and __fish_seen_subcommand_from list" -l no-ansi -d 'No colours (none are used)'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand user-erasure; and __fish_seen_subcommand_from list" -s h -l help -d 'Print help'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand user-erasure; and __fish_seen_subcommand_from ls" -l limit -d 'At most so many rows' -r
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand user-erasure; and __fish_seen_subcommand_from ls" -l offset -d 'Leave out so many rows first' -r
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand user-erasure; and __fish_seen_subcommand_from ls" -l order -d 'A (ascending by id), D (descending), or a column to order by' -r
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand user-erasure; and __fish_seen_subcommand_from ls" -l fields -d 'Only these fields, with commas between' -r
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand user-erasure; and __fish_seen_subcommand_from ls" -s s -l status -d 'Only requests of this status' -r -f -a "pending\t''
approved\t''
rejected\t''
completed\t''"
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand user-erasure; and __fish_seen_subcommand_from ls" -s f -l format -d 'How to print the result' -r -f -a "text\t''
json\t''
csv\t''"
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand user-erasure; and __fish_seen_subcommand_from ls" -s e -l environment -d 'Read settings from this file instead of /etc/multiflexi/multiflexi.env' -r -F
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand user-erasure; and __fish_seen_subcommand_from ls" -s v -l verbose -d 'After a create or update print the whole record'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand user-erasure; and __fish_seen_subcommand_from ls" -s q -l quiet -d 'Print no sentences, only data and errors'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand user-erasure; and __fish_seen_subcommand_from ls" -l silent -d 'Print nothing at all, not even errors: the exit code tells'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand user-erasure; and __fish_seen_subcommand_from ls" -s n -l no-interaction -d 'Ask nothing'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand user-erasure; and __fish_seen_subcommand_from ls" -l ansi
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand user-erasure; and __fish_seen_subcommand_from ls" -l no-ansi -d 'No colours (none are used)'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand user-erasure; and __fish_seen_subcommand_from ls" -s h -l help -d 'Print help'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand user-erasure; and __fish_seen_subcommand_from create" -s u -l user-id -d 'The user, by their id' -r
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand user-erasure; and __fish_seen_subcommand_from create" -s l -l user-login -d 'The user, by their login' -r
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand user-erasure; and __fish_seen_subcommand_from create" -s t -l deletion-type -d 'soft: switched off, data kept; anonymize: personal data replaced; hard: the user is deleted' -r -f -a "soft\t''
hard\t''
anonymize\t''"
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand user-erasure; and __fish_seen_subcommand_from create" -l reason -d 'Why' -r
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand user-erasure; and __fish_seen_subcommand_from create" -s F -l format -d 'How to print the result' -r -f -a "text\t''
json\t''"
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand user-erasure; and __fish_seen_subcommand_from create" -s e -l environment -d 'Read settings from this file instead of /etc/multiflexi/multiflexi.env' -r -F
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand user-erasure; and __fish_seen_subcommand_from create" -s f -l force -d 'Do not ask'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand user-erasure; and __fish_seen_subcommand_from create" -s v -l verbose -d 'After a create or update print the whole record'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand user-erasure; and __fish_seen_subcommand_from create" -s q -l quiet -d 'Print no sentences, only data and errors'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand user-erasure; and __fish_seen_subcommand_from create" -l silent -d 'Print nothing at all, not even errors: the exit code tells'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand user-erasure; and __fish_seen_subcommand_from create" -s n -l no-interaction -d 'Ask nothing'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand user-erasure; and __fish_seen_subcommand_from create" -l ansi
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand user-erasure; and __fish_seen_subcommand_from create" -l no-ansi -d 'No colours (none are used)'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand user-erasure; and __fish_seen_subcommand_from create" -s h -l help -d 'Print help'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand user-erasure; and __fish_seen_subcommand_from approve" -l notes -d 'What the review found' -r
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand user-erasure; and __fish_seen_subcommand_from approve" -s r -l request-id -d 'The request\'s id' -r
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand user-erasure; and __fish_seen_subcommand_from approve" -s F -l format -d 'How to print the result' -r -f -a "text\t''
json\t''"
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand user-erasure; and __fish_seen_subcommand_from approve" -s e -l environment -d 'Read settings from this file instead of /etc/multiflexi/multiflexi.env' -r -F
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand user-erasure; and __fish_seen_subcommand_from approve" -s f -l force -d 'Do not ask'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand user-erasure; and __fish_seen_subcommand_from approve" -s v -l verbose -d 'After a create or update print the whole record'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand user-erasure; and __fish_seen_subcommand_from approve" -s q -l quiet -d 'Print no sentences, only data and errors'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand user-erasure; and __fish_seen_subcommand_from approve" -l silent -d 'Print nothing at all, not even errors: the exit code tells'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand user-erasure; and __fish_seen_subcommand_from approve" -s n -l no-interaction -d 'Ask nothing'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand user-erasure; and __fish_seen_subcommand_from approve" -l ansi
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand user-erasure; and __fish_seen_subcommand_from approve" -l no-ansi -d 'No colours (none are used)'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand user-erasure; and __fish_seen_subcommand_from approve" -s h -l help -d 'Print help'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand user-erasure; and __fish_seen_subcommand_from reject" -l reason -d 'Why it is rejected' -r
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand user-erasure; and __fish_seen_subcommand_from reject" -s r -l request-id -d 'The request\'s id' -r
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand user-erasure; and __fish_seen_subcommand_from reject" -s F -l format -d 'How to print the result' -r -f -a "text\t''
json\t''"
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand user-erasure; and __fish_seen_subcommand_from reject" -s e -l environment -d 'Read settings from this file instead of /etc/multiflexi/multiflexi.env' -r -F
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand user-erasure; and __fish_seen_subcommand_from reject" -s f -l force -d 'Do not ask'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand user-erasure; and __fish_seen_subcommand_from reject" -s v -l verbose -d 'After a create or update print the whole record'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand user-erasure; and __fish_seen_subcommand_from reject" -s q -l quiet -d 'Print no sentences, only data and errors'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand user-erasure; and __fish_seen_subcommand_from reject" -l silent -d 'Print nothing at all, not even errors: the exit code tells'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand user-erasure; and __fish_seen_subcommand_from reject" -s n -l no-interaction -d 'Ask nothing'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand user-erasure; and __fish_seen_subcommand_from reject" -l ansi
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand user-erasure; and __fish_seen_subcommand_from reject" -l no-ansi -d 'No colours (none are used)'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand user-erasure; and __fish_seen_subcommand_from reject" -s h -l help -d 'Print help'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand user-erasure; and __fish_seen_subcommand_from process" -s r -l request-id -d 'The request\'s id' -r
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand user-erasure; and __fish_seen_subcommand_from process" -s f -l format -d 'How to print the result' -r -f -a "text\t''
json\t''"
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand user-erasure; and __fish_seen_subcommand_from process" -s e -l environment -d 'Read settings from this file instead of /etc/multiflexi/multiflexi.env' -r -F
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand user-erasure; and __fish_seen_subcommand_from process" -l dry-run -d 'Only say what would be done'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand user-erasure; and __fish_seen_subcommand_from process" -s y -l yes -d 'Do not ask, also on a terminal'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand user-erasure; and __fish_seen_subcommand_from process" -s v -l verbose -d 'After a create or update print the whole record'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand user-erasure; and __fish_seen_subcommand_from process" -s q -l quiet -d 'Print no sentences, only data and errors'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand user-erasure; and __fish_seen_subcommand_from process" -l silent -d 'Print nothing at all, not even errors: the exit code tells'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand user-erasure; and __fish_seen_subcommand_from process" -s n -l no-interaction -d 'Ask nothing'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand user-erasure; and __fish_seen_subcommand_from process" -l ansi
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand user-erasure; and __fish_seen_subcommand_from process" -l no-ansi -d 'No colours (none are used)'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand user-erasure; and __fish_seen_subcommand_from process" -s h -l help -d 'Print help'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand user-erasure; and __fish_seen_subcommand_from audit" -s e -l export-audit -d 'Write it to a file as JSON; without a name to erasure-ID.json' -r -F
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand user-erasure; and __fish_seen_subcommand_from audit" -s r -l request-id -d 'The request\'s id' -r
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand user-erasure; and __fish_seen_subcommand_from audit" -s f -l format -d 'How to print the result' -r -f -a "text\t''
json\t''
csv\t''"
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand user-erasure; and __fish_seen_subcommand_from audit" -l environment -d 'Read settings from this file instead of /etc/multiflexi/multiflexi.env' -r -F
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand user-erasure; and __fish_seen_subcommand_from audit" -s v -l verbose -d 'After a create or update print the whole record'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand user-erasure; and __fish_seen_subcommand_from audit" -s q -l quiet -d 'Print no sentences, only data and errors'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand user-erasure; and __fish_seen_subcommand_from audit" -l silent -d 'Print nothing at all, not even errors: the exit code tells'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand user-erasure; and __fish_seen_subcommand_from audit" -s n -l no-interaction -d 'Ask nothing'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand user-erasure; and __fish_seen_subcommand_from audit" -l ansi
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand user-erasure; and __fish_seen_subcommand_from audit" -l no-ansi -d 'No colours (none are used)'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand user-erasure; and __fish_seen_subcommand_from audit" -s h -l help -d 'Print help'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand user-erasure; and __fish_seen_subcommand_from cleanup" -s f -l format -d 'How to print the result' -r -f -a "text\t''
json\t''"
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand user-erasure; and __fish_seen_subcommand_from cleanup" -s e -l environment -d 'Read settings from this file instead of /etc/multiflexi/multiflexi.env' -r -F
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand user-erasure; and __fish_seen_subcommand_from cleanup" -l dry-run -d 'Only say what would be done'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand user-erasure; and __fish_seen_subcommand_from cleanup" -s y -l yes -d 'Do not ask, also on a terminal'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand user-erasure; and __fish_seen_subcommand_from cleanup" -s v -l verbose -d 'After a create or update print the whole record'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand user-erasure; and __fish_seen_subcommand_from cleanup" -s q -l quiet -d 'Print no sentences, only data and errors'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand user-erasure; and __fish_seen_subcommand_from cleanup" -l silent -d 'Print nothing at all, not even errors: the exit code tells'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand user-erasure; and __fish_seen_subcommand_from cleanup" -s n -l no-interaction -d 'Ask nothing'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand user-erasure; and __fish_seen_subcommand_from cleanup" -l ansi
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand user-erasure; and __fish_seen_subcommand_from cleanup" -l no-ansi -d 'No colours (none are used)'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand user-erasure; and __fish_seen_subcommand_from cleanup" -s h -l help -d 'Print help'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand event-source; and not __fish_seen_subcommand_from list ls get show create update remove rm test" -s h -l help -d 'Print help'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand event-source; and not __fish_seen_subcommand_from list ls get show create update remove rm test" -f -a "list" -d 'List event sources'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand event-source; and not __fish_seen_subcommand_from list ls get show create update remove rm test" -f -a "ls" -d 'List event sources'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand event-source; and not __fish_seen_subcommand_from list ls get show create update remove rm test" -f -a "get" -d 'Show an event source'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand event-source; and not __fish_seen_subcommand_from list ls get show create update remove rm test" -f -a "show" -d 'Show an event source'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand event-source; and not __fish_seen_subcommand_from list ls get show create update remove rm test" -f -a "create" -d 'Create an event source'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand event-source; and not __fish_seen_subcommand_from list ls get show create update remove rm test" -f -a "update" -d 'Change an event source'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand event-source; and not __fish_seen_subcommand_from list ls get show create update remove rm test" -f -a "remove" -d 'Remove an event source that no rule uses'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand event-source; and not __fish_seen_subcommand_from list ls get show create update remove rm test" -f -a "rm" -d 'Remove an event source that no rule uses'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand event-source; and not __fish_seen_subcommand_from list ls get show create update remove rm test" -f -a "test" -d 'Connect to an event source\'s database'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand event-source; and __fish_seen_subcommand_from list" -l limit -d 'At most so many rows' -r
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand event-source; and __fish_seen_subcommand_from list" -l offset -d 'Leave out so many rows first' -r
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand event-source; and __fish_seen_subcommand_from list" -l order -d 'A (ascending by id), D (descending), or a column to order by' -r
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand event-source; and __fish_seen_subcommand_from list" -l fields -d 'Only these fields, with commas between' -r
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand event-source; and __fish_seen_subcommand_from list" -s f -l format -d 'How to print the result' -r -f -a "text\t''
json\t''
csv\t''"
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand event-source; and __fish_seen_subcommand_from list" -s e -l environment -d 'Read settings from this file instead of /etc/multiflexi/multiflexi.env' -r -F
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand event-source; and __fish_seen_subcommand_from list" -s v -l verbose -d 'After a create or update print the whole record'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand event-source; and __fish_seen_subcommand_from list" -s q -l quiet -d 'Print no sentences, only data and errors'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand event-source; and __fish_seen_subcommand_from list" -l silent -d 'Print nothing at all, not even errors: the exit code tells'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand event-source; and __fish_seen_subcommand_from list" -s n -l no-interaction -d 'Ask nothing'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand event-source; and __fish_seen_subcommand_from list" -l ansi
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand event-source; and __fish_seen_subcommand_from list" -l no-ansi -d 'No colours (none are used)'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand event-source; and __fish_seen_subcommand_from list" -s h -l help -d 'Print help'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand event-source; and __fish_seen_subcommand_from ls" -l limit -d 'At most so many rows' -r
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand event-source; and __fish_seen_subcommand_from ls" -l offset -d 'Leave out so many rows first' -r
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand event-source; and __fish_seen_subcommand_from ls" -l order -d 'A (ascending by id), D (descending), or a column to order by' -r
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand event-source; and __fish_seen_subcommand_from ls" -l fields -d 'Only these fields, with commas between' -r
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand event-source; and __fish_seen_subcommand_from ls" -s f -l format -d 'How to print the result' -r -f -a "text\t''
json\t''
csv\t''"
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand event-source; and __fish_seen_subcommand_from ls" -s e -l environment -d 'Read settings from this file instead of /etc/multiflexi/multiflexi.env' -r -F
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand event-source; and __fish_seen_subcommand_from ls" -s v -l verbose -d 'After a create or update print the whole record'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand event-source; and __fish_seen_subcommand_from ls" -s q -l quiet -d 'Print no sentences, only data and errors'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand event-source; and __fish_seen_subcommand_from ls" -l silent -d 'Print nothing at all, not even errors: the exit code tells'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand event-source; and __fish_seen_subcommand_from ls" -s n -l no-interaction -d 'Ask nothing'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand event-source; and __fish_seen_subcommand_from ls" -l ansi
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand event-source; and __fish_seen_subcommand_from ls" -l no-ansi -d 'No colours (none are used)'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand event-source; and __fish_seen_subcommand_from ls" -s h -l help -d 'Print help'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand event-source; and __fish_seen_subcommand_from get" -l fields -d 'Only these fields, with commas between' -r
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand event-source; and __fish_seen_subcommand_from get" -l id -d 'By its id' -r
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand event-source; and __fish_seen_subcommand_from get" -s f -l format -d 'How to print the result' -r -f -a "text\t''
json\t''"
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand event-source; and __fish_seen_subcommand_from get" -s e -l environment -d 'Read settings from this file instead of /etc/multiflexi/multiflexi.env' -r -F
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand event-source; and __fish_seen_subcommand_from get" -s v -l verbose -d 'After a create or update print the whole record'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand event-source; and __fish_seen_subcommand_from get" -s q -l quiet -d 'Print no sentences, only data and errors'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand event-source; and __fish_seen_subcommand_from get" -l silent -d 'Print nothing at all, not even errors: the exit code tells'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand event-source; and __fish_seen_subcommand_from get" -s n -l no-interaction -d 'Ask nothing'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand event-source; and __fish_seen_subcommand_from get" -l ansi
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand event-source; and __fish_seen_subcommand_from get" -l no-ansi -d 'No colours (none are used)'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand event-source; and __fish_seen_subcommand_from get" -s h -l help -d 'Print help'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand event-source; and __fish_seen_subcommand_from show" -l fields -d 'Only these fields, with commas between' -r
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand event-source; and __fish_seen_subcommand_from show" -l id -d 'By its id' -r
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand event-source; and __fish_seen_subcommand_from show" -s f -l format -d 'How to print the result' -r -f -a "text\t''
json\t''"
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand event-source; and __fish_seen_subcommand_from show" -s e -l environment -d 'Read settings from this file instead of /etc/multiflexi/multiflexi.env' -r -F
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand event-source; and __fish_seen_subcommand_from show" -s v -l verbose -d 'After a create or update print the whole record'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand event-source; and __fish_seen_subcommand_from show" -s q -l quiet -d 'Print no sentences, only data and errors'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand event-source; and __fish_seen_subcommand_from show" -l silent -d 'Print nothing at all, not even errors: the exit code tells'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand event-source; and __fish_seen_subcommand_from show" -s n -l no-interaction -d 'Ask nothing'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand event-source; and __fish_seen_subcommand_from show" -l ansi
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand event-source; and __fish_seen_subcommand_from show" -l no-ansi -d 'No colours (none are used)'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand event-source; and __fish_seen_subcommand_from show" -s h -l help -d 'Print help'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand event-source; and __fish_seen_subcommand_from create" -l name -d 'Its name' -r
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand event-source; and __fish_seen_subcommand_from create" -l adapter_type -d 'What writes the changes, for instance abraflexi-webhook' -r
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand event-source; and __fish_seen_subcommand_from create" -l db_connection -d 'The kind of its database [default: mysql]' -r -f -a "mysql\t''
pgsql\t''
sqlite\t''"
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand event-source; and __fish_seen_subcommand_from create" -l db_host -d 'Its database\'s host [default: localhost]' -r
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand event-source; and __fish_seen_subcommand_from create" -l db_port -d 'Its database\'s port [default: 3306]' -r
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand event-source; and __fish_seen_subcommand_from create" -l db_database -d 'Its database\'s name, for sqlite a path' -r
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand event-source; and __fish_seen_subcommand_from create" -l db_username -d 'Its database\'s user' -r
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand event-source; and __fish_seen_subcommand_from create" -l db_password -d 'Its database\'s password' -r
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand event-source; and __fish_seen_subcommand_from create" -l poll_interval -d 'Seconds between looks [default: 60]' -r
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand event-source; and __fish_seen_subcommand_from create" -l enabled -d 'Is it looked at? [default: 1]' -r
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand event-source; and __fish_seen_subcommand_from create" -s f -l format -d 'How to print the result' -r -f -a "text\t''
json\t''"
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand event-source; and __fish_seen_subcommand_from create" -s e -l environment -d 'Read settings from this file instead of /etc/multiflexi/multiflexi.env' -r -F
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand event-source; and __fish_seen_subcommand_from create" -s v -l verbose -d 'After a create or update print the whole record'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand event-source; and __fish_seen_subcommand_from create" -s q -l quiet -d 'Print no sentences, only data and errors'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand event-source; and __fish_seen_subcommand_from create" -l silent -d 'Print nothing at all, not even errors: the exit code tells'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand event-source; and __fish_seen_subcommand_from create" -s n -l no-interaction -d 'Ask nothing'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand event-source; and __fish_seen_subcommand_from create" -l ansi
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand event-source; and __fish_seen_subcommand_from create" -l no-ansi -d 'No colours (none are used)'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand event-source; and __fish_seen_subcommand_from create" -s h -l help -d 'Print help'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand event-source; and __fish_seen_subcommand_from update" -l name -d 'Its name' -r
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand event-source; and __fish_seen_subcommand_from update" -l adapter_type -d 'What writes the changes, for instance abraflexi-webhook' -r
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand event-source; and __fish_seen_subcommand_from update" -l db_connection -d 'The kind of its database' -r -f -a "mysql\t''
pgsql\t''
sqlite\t''"
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand event-source; and __fish_seen_subcommand_from update" -l db_host -d 'Its database\'s host' -r
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand event-source; and __fish_seen_subcommand_from update" -l db_port -d 'Its database\'s port' -r
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand event-source; and __fish_seen_subcommand_from update" -l db_database -d 'Its database\'s name, for sqlite a path' -r
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand event-source; and __fish_seen_subcommand_from update" -l db_username -d 'Its database\'s user' -r
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand event-source; and __fish_seen_subcommand_from update" -l db_password -d 'Its database\'s password' -r
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand event-source; and __fish_seen_subcommand_from update" -l poll_interval -d 'Seconds between looks' -r
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand event-source; and __fish_seen_subcommand_from update" -l enabled -d 'Is it looked at?' -r
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand event-source; and __fish_seen_subcommand_from update" -l id -d 'Its id' -r
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand event-source; and __fish_seen_subcommand_from update" -s f -l format -d 'How to print the result' -r -f -a "text\t''
json\t''"
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand event-source; and __fish_seen_subcommand_from update" -s e -l environment -d 'Read settings from this file instead of /etc/multiflexi/multiflexi.env' -r -F
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand event-source; and __fish_seen_subcommand_from update" -s v -l verbose -d 'After a create or update print the whole record'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand event-source; and __fish_seen_subcommand_from update" -s q -l quiet -d 'Print no sentences, only data and errors'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand event-source; and __fish_seen_subcommand_from update" -l silent -d 'Print nothing at all, not even errors: the exit code tells'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand event-source; and __fish_seen_subcommand_from update" -s n -l no-interaction -d 'Ask nothing'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand event-source; and __fish_seen_subcommand_from update" -l ansi
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand event-source; and __fish_seen_subcommand_from update" -l no-ansi -d 'No colours (none are used)'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand event-source; and __fish_seen_subcommand_from update" -s h -l help -d 'Print help'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand event-source; and __fish_seen_subcommand_from remove" -l id -d 'By its id' -r
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand event-source; and __fish_seen_subcommand_from remove" -s f -l format -d 'How to print the result' -r -f -a "text\t''
json\t''"
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand event-source; and __fish_seen_subcommand_from remove" -s e -l environment -d 'Read settings from this file instead of /etc/multiflexi/multiflexi.env' -r -F
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand event-source; and __fish_seen_subcommand_from remove" -l dry-run -d 'Only say what would be done'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand event-source; and __fish_seen_subcommand_from remove" -s y -l yes -d 'Do not ask, also on a terminal'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand event-source; and __fish_seen_subcommand_from remove" -s v -l verbose -d 'After a create or update print the whole record'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand event-source; and __fish_seen_subcommand_from remove" -s q -l quiet -d 'Print no sentences, only data and errors'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand event-source; and __fish_seen_subcommand_from remove" -l silent -d 'Print nothing at all, not even errors: the exit code tells'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand event-source; and __fish_seen_subcommand_from remove" -s n -l no-interaction -d 'Ask nothing'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand event-source; and __fish_seen_subcommand_from remove" -l ansi
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand event-source; and __fish_seen_subcommand_from remove" -l no-ansi -d 'No colours (none are used)'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand event-source; and __fish_seen_subcommand_from remove" -s h -l help -d 'Print help'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand event-source; and __fish_seen_subcommand_from rm" -l id -d 'By its id' -r
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand event-source; and __fish_seen_subcommand_from rm" -s f -l format -d 'How to print the result' -r -f -a "text\t''
json\t''"
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand event-source; and __fish_seen_subcommand_from rm" -s e -l environment -d 'Read settings from this file instead of /etc/multiflexi/multiflexi.env' -r -F
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand event-source; and __fish_seen_subcommand_from rm" -l dry-run -d 'Only say what would be done'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand event-source; and __fish_seen_subcommand_from rm" -s y -l yes -d 'Do not ask, also on a terminal'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand event-source; and __fish_seen_subcommand_from rm" -s v -l verbose -d 'After a create or update print the whole record'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand event-source; and __fish_seen_subcommand_from rm" -s q -l quiet -d 'Print no sentences, only data and errors'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand event-source; and __fish_seen_subcommand_from rm" -l silent -d 'Print nothing at all, not even errors: the exit code tells'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand event-source; and __fish_seen_subcommand_from rm" -s n -l no-interaction -d 'Ask nothing'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand event-source; and __fish_seen_subcommand_from rm" -l ansi
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand event-source; and __fish_seen_subcommand_from rm" -l no-ansi -d 'No colours (none are used)'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand event-source; and __fish_seen_subcommand_from rm" -s h -l help -d 'Print help'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand event-source; and __fish_seen_subcommand_from test" -l id -d 'By its id' -r
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand event-source; and __fish_seen_subcommand_from test" -s f -l format -d 'How to print the result' -r -f -a "text\t''
json\t''"
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand event-source; and __fish_seen_subcommand_from test" -s e -l environment -d 'Read settings from this file instead of /etc/multiflexi/multiflexi.env' -r -F
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand event-source; and __fish_seen_subcommand_from test" -s v -l verbose -d 'After a create or update print the whole record'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand event-source; and __fish_seen_subcommand_from test" -s q -l quiet -d 'Print no sentences, only data and errors'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand event-source; and __fish_seen_subcommand_from test" -l silent -d 'Print nothing at all, not even errors: the exit code tells'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand event-source; and __fish_seen_subcommand_from test" -s n -l no-interaction -d 'Ask nothing'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand event-source; and __fish_seen_subcommand_from test" -l ansi
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand event-source; and __fish_seen_subcommand_from test" -l no-ansi -d 'No colours (none are used)'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand event-source; and __fish_seen_subcommand_from test" -s h -l help -d 'Print help'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand event-rule; and not __fish_seen_subcommand_from list ls get show create update remove rm" -s h -l help -d 'Print help'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand event-rule; and not __fish_seen_subcommand_from list ls get show create update remove rm" -f -a "list" -d 'List event rules'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand event-rule; and not __fish_seen_subcommand_from list ls get show create update remove rm" -f -a "ls" -d 'List event rules'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand event-rule; and not __fish_seen_subcommand_from list ls get show create update remove rm" -f -a "get" -d 'Show an event rule'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand event-rule; and not __fish_seen_subcommand_from list ls get show create update remove rm" -f -a "show" -d 'Show an event rule'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand event-rule; and not __fish_seen_subcommand_from list ls get show create update remove rm" -f -a "create" -d 'Create an event rule'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand event-rule; and not __fish_seen_subcommand_from list ls get show create update remove rm" -f -a "update" -d 'Change an event rule'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand event-rule; and not __fish_seen_subcommand_from list ls get show create update remove rm" -f -a "remove" -d 'Remove an event rule'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand event-rule; and not __fish_seen_subcommand_from list ls get show create update remove rm" -f -a "rm" -d 'Remove an event rule'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand event-rule; and __fish_seen_subcommand_from list" -l limit -d 'At most so many rows' -r
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand event-rule; and __fish_seen_subcommand_from list" -l offset -d 'Leave out so many rows first' -r
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand event-rule; and __fish_seen_subcommand_from list" -l order -d 'A (ascending by id), D (descending), or a column to order by' -r
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand event-rule; and __fish_seen_subcommand_from list" -l fields -d 'Only these fields, with commas between' -r
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand event-rule; and __fish_seen_subcommand_from list" -l event_source_id -d 'The event source' -r
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand event-rule; and __fish_seen_subcommand_from list" -s f -l format -d 'How to print the result' -r -f -a "text\t''
json\t''
csv\t''"
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand event-rule; and __fish_seen_subcommand_from list" -s e -l environment -d 'Read settings from this file instead of /etc/multiflexi/multiflexi.env' -r -F
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand event-rule; and __fish_seen_subcommand_from list" -s v -l verbose -d 'After a create or update print the whole record'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand event-rule; and __fish_seen_subcommand_from list" -s q -l quiet -d 'Print no sentences, only data and errors'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand event-rule; and __fish_seen_subcommand_from list" -l silent -d 'Print nothing at all, not even errors: the exit code tells'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand event-rule; and __fish_seen_subcommand_from list" -s n -l no-interaction -d 'Ask nothing'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand event-rule; and __fish_seen_subcommand_from list" -l ansi
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand event-rule; and __fish_seen_subcommand_from list" -l no-ansi -d 'No colours (none are used)'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand event-rule; and __fish_seen_subcommand_from list" -s h -l help -d 'Print help'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand event-rule; and __fish_seen_subcommand_from ls" -l limit -d 'At most so many rows' -r
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand event-rule; and __fish_seen_subcommand_from ls" -l offset -d 'Leave out so many rows first' -r
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand event-rule; and __fish_seen_subcommand_from ls" -l order -d 'A (ascending by id), D (descending), or a column to order by' -r
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand event-rule; and __fish_seen_subcommand_from ls" -l fields -d 'Only these fields, with commas between' -r
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand event-rule; and __fish_seen_subcommand_from ls" -l event_source_id -d 'The event source' -r
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand event-rule; and __fish_seen_subcommand_from ls" -s f -l format -d 'How to print the result' -r -f -a "text\t''
json\t''
csv\t''"
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand event-rule; and __fish_seen_subcommand_from ls" -s e -l environment -d 'Read settings from this file instead of /etc/multiflexi/multiflexi.env' -r -F
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand event-rule; and __fish_seen_subcommand_from ls" -s v -l verbose -d 'After a create or update print the whole record'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand event-rule; and __fish_seen_subcommand_from ls" -s q -l quiet -d 'Print no sentences, only data and errors'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand event-rule; and __fish_seen_subcommand_from ls" -l silent -d 'Print nothing at all, not even errors: the exit code tells'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand event-rule; and __fish_seen_subcommand_from ls" -s n -l no-interaction -d 'Ask nothing'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand event-rule; and __fish_seen_subcommand_from ls" -l ansi
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand event-rule; and __fish_seen_subcommand_from ls" -l no-ansi -d 'No colours (none are used)'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand event-rule; and __fish_seen_subcommand_from ls" -s h -l help -d 'Print help'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand event-rule; and __fish_seen_subcommand_from get" -l fields -d 'Only these fields, with commas between' -r
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand event-rule; and __fish_seen_subcommand_from get" -l id -d 'By its id' -r
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand event-rule; and __fish_seen_subcommand_from get" -s f -l format -d 'How to print the result' -r -f -a "text\t''
json\t''"
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand event-rule; and __fish_seen_subcommand_from get" -s e -l environment -d 'Read settings from this file instead of /etc/multiflexi/multiflexi.env' -r -F
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand event-rule; and __fish_seen_subcommand_from get" -s v -l verbose -d 'After a create or update print the whole record'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand event-rule; and __fish_seen_subcommand_from get" -s q -l quiet -d 'Print no sentences, only data and errors'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand event-rule; and __fish_seen_subcommand_from get" -l silent -d 'Print nothing at all, not even errors: the exit code tells'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand event-rule; and __fish_seen_subcommand_from get" -s n -l no-interaction -d 'Ask nothing'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand event-rule; and __fish_seen_subcommand_from get" -l ansi
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand event-rule; and __fish_seen_subcommand_from get" -l no-ansi -d 'No colours (none are used)'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand event-rule; and __fish_seen_subcommand_from get" -s h -l help -d 'Print help'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand event-rule; and __fish_seen_subcommand_from show" -l fields -d 'Only these fields, with commas between' -r
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand event-rule; and __fish_seen_subcommand_from show" -l id -d 'By its id' -r
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand event-rule; and __fish_seen_subcommand_from show" -s f -l format -d 'How to print the result' -r -f -a "text\t''
json\t''"
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand event-rule; and __fish_seen_subcommand_from show" -s e -l environment -d 'Read settings from this file instead of /etc/multiflexi/multiflexi.env' -r -F
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand event-rule; and __fish_seen_subcommand_from show" -s v -l verbose -d 'After a create or update print the whole record'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand event-rule; and __fish_seen_subcommand_from show" -s q -l quiet -d 'Print no sentences, only data and errors'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand event-rule; and __fish_seen_subcommand_from show" -l silent -d 'Print nothing at all, not even errors: the exit code tells'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand event-rule; and __fish_seen_subcommand_from show" -s n -l no-interaction -d 'Ask nothing'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand event-rule; and __fish_seen_subcommand_from show" -l ansi
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand event-rule; and __fish_seen_subcommand_from show" -l no-ansi -d 'No colours (none are used)'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand event-rule; and __fish_seen_subcommand_from show" -s h -l help -d 'Print help'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand event-rule; and __fish_seen_subcommand_from create" -l event_source_id -d 'The event source' -r
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand event-rule; and __fish_seen_subcommand_from create" -l evidence -d 'What the event is about; empty means anything' -r
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand event-rule; and __fish_seen_subcommand_from create" -l operation -d 'What happened to it [default: any]' -r -f -a "any\t''
create\t''
update\t''
delete\t''"
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand event-rule; and __fish_seen_subcommand_from create" -l runtemplate_id -d 'The runtemplate to start' -r
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand event-rule; and __fish_seen_subcommand_from create" -l priority -d 'Rules of higher priority come first [default: 0]' -r
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand event-rule; and __fish_seen_subcommand_from create" -l enabled -d 'Does it apply? [default: 1]' -r
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand event-rule; and __fish_seen_subcommand_from create" -l env_mapping -d 'Variables of the job, as JSON: VARIABLE to selector [default: {}]' -r
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand event-rule; and __fish_seen_subcommand_from create" -s f -l format -d 'How to print the result' -r -f -a "text\t''
json\t''"
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand event-rule; and __fish_seen_subcommand_from create" -s e -l environment -d 'Read settings from this file instead of /etc/multiflexi/multiflexi.env' -r -F
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand event-rule; and __fish_seen_subcommand_from create" -s v -l verbose -d 'After a create or update print the whole record'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand event-rule; and __fish_seen_subcommand_from create" -s q -l quiet -d 'Print no sentences, only data and errors'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand event-rule; and __fish_seen_subcommand_from create" -l silent -d 'Print nothing at all, not even errors: the exit code tells'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand event-rule; and __fish_seen_subcommand_from create" -s n -l no-interaction -d 'Ask nothing'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand event-rule; and __fish_seen_subcommand_from create" -l ansi
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand event-rule; and __fish_seen_subcommand_from create" -l no-ansi -d 'No colours (none are used)'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand event-rule; and __fish_seen_subcommand_from create" -s h -l help -d 'Print help'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand event-rule; and __fish_seen_subcommand_from update" -l event_source_id -d 'The event source' -r
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand event-rule; and __fish_seen_subcommand_from update" -l evidence -d 'What the event is about; empty means anything' -r
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand event-rule; and __fish_seen_subcommand_from update" -l operation -d 'What happened to it' -r -f -a "any\t''
create\t''
update\t''
delete\t''"
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand event-rule; and __fish_seen_subcommand_from update" -l runtemplate_id -d 'The runtemplate to start' -r
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand event-rule; and __fish_seen_subcommand_from update" -l priority -d 'Rules of higher priority come first' -r
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand event-rule; and __fish_seen_subcommand_from update" -l enabled -d 'Does it apply?' -r
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand event-rule; and __fish_seen_subcommand_from update" -l env_mapping -d 'Variables of the job, as JSON: VARIABLE to selector' -r
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand event-rule; and __fish_seen_subcommand_from update" -l id -d 'Its id' -r
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand event-rule; and __fish_seen_subcommand_from update" -s f -l format -d 'How to print the result' -r -f -a "text\t''
json\t''"
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand event-rule; and __fish_seen_subcommand_from update" -s e -l environment -d 'Read settings from this file instead of /etc/multiflexi/multiflexi.env' -r -F
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand event-rule; and __fish_seen_subcommand_from update" -s v -l verbose -d 'After a create or update print the whole record'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand event-rule; and __fish_seen_subcommand_from update" -s q -l quiet -d 'Print no sentences, only data and errors'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand event-rule; and __fish_seen_subcommand_from update" -l silent -d 'Print nothing at all, not even errors: the exit code tells'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand event-rule; and __fish_seen_subcommand_from update" -s n -l no-interaction -d 'Ask nothing'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand event-rule; and __fish_seen_subcommand_from update" -l ansi
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand event-rule; and __fish_seen_subcommand_from update" -l no-ansi -d 'No colours (none are used)'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand event-rule; and __fish_seen_subcommand_from update" -s h -l help -d 'Print help'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand event-rule; and __fish_seen_subcommand_from remove" -l id -d 'By its id' -r
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand event-rule; and __fish_seen_subcommand_from remove" -s f -l format -d 'How to print the result' -r -f -a "text\t''
json\t''"
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand event-rule; and __fish_seen_subcommand_from remove" -s e -l environment -d 'Read settings from this file instead of /etc/multiflexi/multiflexi.env' -r -F
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand event-rule; and __fish_seen_subcommand_from remove" -l dry-run -d 'Only say what would be done'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand event-rule; and __fish_seen_subcommand_from remove" -s y -l yes -d 'Do not ask, also on a terminal'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand event-rule; and __fish_seen_subcommand_from remove" -s v -l verbose -d 'After a create or update print the whole record'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand event-rule; and __fish_seen_subcommand_from remove" -s q -l quiet -d 'Print no sentences, only data and errors'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand event-rule; and __fish_seen_subcommand_from remove" -l silent -d 'Print nothing at all, not even errors: the exit code tells'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand event-rule; and __fish_seen_subcommand_from remove" -s n -l no-interaction -d 'Ask nothing'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand event-rule; and __fish_seen_subcommand_from remove" -l ansi
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand event-rule; and __fish_seen_subcommand_from remove" -l no-ansi -d 'No colours (none are used)'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand event-rule; and __fish_seen_subcommand_from remove" -s h -l help -d 'Print help'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand event-rule; and __fish_seen_subcommand_from rm" -l id -d 'By its id' -r
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand event-rule; and __fish_seen_subcommand_from rm" -s f -l format -d 'How to print the result' -r -f -a "text\t''
json\t''"
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand event-rule; and __fish_seen_subcommand_from rm" -s e -l environment -d 'Read settings from this file instead of /etc/multiflexi/multiflexi.env' -r -F
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand event-rule; and __fish_seen_subcommand_from rm" -l dry-run -d 'Only say what would be done'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand event-rule; and __fish_seen_subcommand_from rm" -s y -l yes -d 'Do not ask, also on a terminal'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand event-rule; and __fish_seen_subcommand_from rm" -s v -l verbose -d 'After a create or update print the whole record'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand event-rule; and __fish_seen_subcommand_from rm" -s q -l quiet -d 'Print no sentences, only data and errors'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand event-rule; and __fish_seen_subcommand_from rm" -l silent -d 'Print nothing at all, not even errors: the exit code tells'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand event-rule; and __fish_seen_subcommand_from rm" -s n -l no-interaction -d 'Ask nothing'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand event-rule; and __fish_seen_subcommand_from rm" -l ansi
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand event-rule; and __fish_seen_subcommand_from rm" -l no-ansi -d 'No colours (none are used)'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand event-rule; and __fish_seen_subcommand_from rm" -s h -l help -d 'Print help'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand database; and not __fish_seen_subcommand_from status migrate" -s h -l help -d 'Print help'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand database; and not __fish_seen_subcommand_from status migrate" -f -a "status" -d 'Show what the database has and lacks'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand database; and not __fish_seen_subcommand_from status migrate" -f -a "migrate" -d 'Create the suite\'s schema, or add what it lacks'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand database; and __fish_seen_subcommand_from status" -s f -l format -d 'How to print the result' -r -f -a "text\t''
json\t''"
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand database; and __fish_seen_subcommand_from status" -s e -l environment -d 'Read settings from this file instead of /etc/multiflexi/multiflexi.env' -r -F
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand database; and __fish_seen_subcommand_from status" -s v -l verbose -d 'After a create or update print the whole record'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand database; and __fish_seen_subcommand_from status" -s q -l quiet -d 'Print no sentences, only data and errors'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand database; and __fish_seen_subcommand_from status" -l silent -d 'Print nothing at all, not even errors: the exit code tells'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand database; and __fish_seen_subcommand_from status" -s n -l no-interaction -d 'Ask nothing'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand database; and __fish_seen_subcommand_from status" -l ansi
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand database; and __fish_seen_subcommand_from status" -l no-ansi -d 'No colours (none are used)'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand database; and __fish_seen_subcommand_from status" -s h -l help -d 'Print help'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand database; and __fish_seen_subcommand_from migrate" -s f -l format -d 'How to print the result' -r -f -a "text\t''
json\t''"
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand database; and __fish_seen_subcommand_from migrate" -s e -l environment -d 'Read settings from this file instead of /etc/multiflexi/multiflexi.env' -r -F
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand database; and __fish_seen_subcommand_from migrate" -l dry-run -d 'Only say what would be done'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand database; and __fish_seen_subcommand_from migrate" -s v -l verbose -d 'After a create or update print the whole record'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand database; and __fish_seen_subcommand_from migrate" -s q -l quiet -d 'Print no sentences, only data and errors'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand database; and __fish_seen_subcommand_from migrate" -l silent -d 'Print nothing at all, not even errors: the exit code tells'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand database; and __fish_seen_subcommand_from migrate" -s n -l no-interaction -d 'Ask nothing'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand database; and __fish_seen_subcommand_from migrate" -l ansi
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand database; and __fish_seen_subcommand_from migrate" -l no-ansi -d 'No colours (none are used)'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand database; and __fish_seen_subcommand_from migrate" -s h -l help -d 'Print help'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand status" -s f -l format -d 'How to print the result' -r -f -a "text\t''
json\t''"
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand status" -s e -l environment -d 'Read settings from this file instead of /etc/multiflexi/multiflexi.env' -r -F
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand status" -s v -l verbose -d 'After a create or update print the whole record'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand status" -s q -l quiet -d 'Print no sentences, only data and errors'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand status" -l silent -d 'Print nothing at all, not even errors: the exit code tells'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand status" -s n -l no-interaction -d 'Ask nothing'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand status" -l ansi
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand status" -l no-ansi -d 'No colours (none are used)'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand status" -s h -l help -d 'Print help'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand prune" -l keep -d 'How many of the newest to keep' -r
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand prune" -s f -l format -d 'How to print the result' -r -f -a "text\t''
json\t''"
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand prune" -s e -l environment -d 'Read settings from this file instead of /etc/multiflexi/multiflexi.env' -r -F
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand prune" -l logs -d 'Prune the log'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand prune" -l jobs -d 'Prune jobs that ended, with what hangs on them'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand prune" -l dry-run -d 'Only say what would be deleted'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand prune" -s y -l yes -d 'Do not ask, also on a terminal'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand prune" -s v -l verbose -d 'After a create or update print the whole record'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand prune" -s q -l quiet -d 'Print no sentences, only data and errors'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand prune" -l silent -d 'Print nothing at all, not even errors: the exit code tells'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand prune" -s n -l no-interaction -d 'Ask nothing'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand prune" -l ansi
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand prune" -l no-ansi -d 'No colours (none are used)'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand prune" -s h -l help -d 'Print help'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand telemetry; and not __fish_seen_subcommand_from test" -s h -l help -d 'Print help'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand telemetry; and not __fish_seen_subcommand_from test" -f -a "test" -d 'Send a metric to the collector'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand telemetry; and __fish_seen_subcommand_from test" -s e -l endpoint -d 'The collector\'s OTLP address, instead of OTEL_EXPORTER_OTLP_ENDPOINT' -r
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand telemetry; and __fish_seen_subcommand_from test" -s f -l format -d 'How to print the result' -r -f -a "text\t''
json\t''"
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand telemetry; and __fish_seen_subcommand_from test" -l environment -d 'Read settings from this file instead of /etc/multiflexi/multiflexi.env' -r -F
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand telemetry; and __fish_seen_subcommand_from test" -l disable-gauges -d 'Accepted for older callers: a counter is all that is sent'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand telemetry; and __fish_seen_subcommand_from test" -s v -l verbose -d 'After a create or update print the whole record'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand telemetry; and __fish_seen_subcommand_from test" -s q -l quiet -d 'Print no sentences, only data and errors'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand telemetry; and __fish_seen_subcommand_from test" -l silent -d 'Print nothing at all, not even errors: the exit code tells'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand telemetry; and __fish_seen_subcommand_from test" -s n -l no-interaction -d 'Ask nothing'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand telemetry; and __fish_seen_subcommand_from test" -l ansi
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand telemetry; and __fish_seen_subcommand_from test" -l no-ansi -d 'No colours (none are used)'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand telemetry; and __fish_seen_subcommand_from test" -s h -l help -d 'Print help'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand list" -s f -l format -d 'How to print the result' -r -f -a "text\t''
json\t''"
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand list" -s e -l environment -d 'Read settings from this file instead of /etc/multiflexi/multiflexi.env' -r -F
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand list" -l raw -d 'One command a line, as the suite names it'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand list" -l short -d 'With --format=json: without arguments and options'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand list" -s v -l verbose -d 'After a create or update print the whole record'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand list" -s q -l quiet -d 'Print no sentences, only data and errors'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand list" -l silent -d 'Print nothing at all, not even errors: the exit code tells'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand list" -s n -l no-interaction -d 'Ask nothing'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand list" -l ansi
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand list" -l no-ansi -d 'No colours (none are used)'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand list" -s h -l help -d 'Print help'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand help" -s f -l format -d 'How to print the result' -r -f -a "text\t''
json\t''"
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand help" -s e -l environment -d 'Read settings from this file instead of /etc/multiflexi/multiflexi.env' -r -F
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand help" -l raw -d 'Accepted for older callers: help is plain text'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand help" -s v -l verbose -d 'After a create or update print the whole record'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand help" -s q -l quiet -d 'Print no sentences, only data and errors'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand help" -l silent -d 'Print nothing at all, not even errors: the exit code tells'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand help" -s n -l no-interaction -d 'Ask nothing'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand help" -l ansi
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand help" -l no-ansi -d 'No colours (none are used)'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand help" -s h -l help -d 'Print help'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand describe" -s f -l format -d 'How to print the result' -r -f -a "text\t''
json\t''"
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand describe" -s e -l environment -d 'Read settings from this file instead of /etc/multiflexi/multiflexi.env' -r -F
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand describe" -s v -l verbose -d 'After a create or update print the whole record'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand describe" -s q -l quiet -d 'Print no sentences, only data and errors'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand describe" -l silent -d 'Print nothing at all, not even errors: the exit code tells'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand describe" -s n -l no-interaction -d 'Ask nothing'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand describe" -l ansi
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand describe" -l no-ansi -d 'No colours (none are used)'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand describe" -s h -l help -d 'Print help'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand completion" -s f -l format -d 'How to print the result' -r -f -a "text\t''
json\t''"
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand completion" -s e -l environment -d 'Read settings from this file instead of /etc/multiflexi/multiflexi.env' -r -F
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand completion" -l debug -d 'Accepted for older callers: there is no debug log'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand completion" -s v -l verbose -d 'After a create or update print the whole record'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand completion" -s q -l quiet -d 'Print no sentences, only data and errors'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand completion" -l silent -d 'Print nothing at all, not even errors: the exit code tells'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand completion" -s n -l no-interaction -d 'Ask nothing'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand completion" -l ansi
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand completion" -l no-ansi -d 'No colours (none are used)'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand completion" -s h -l help -d 'Print help'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand _complete" -s s -l shell -d 'The shell: bash, fish or zsh' -r
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand _complete" -s i -l input -d 'A word of the command line; may be given several times' -r
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand _complete" -s c -l current -d 'Which of the words the cursor is in, counted from 0' -r
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand _complete" -s a -l api-version -d 'Of the shell\'s script; there is one' -r
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand _complete" -s S -l symfony -d 'Of older scripts' -r
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand _complete" -s f -l format -d 'How to print the result' -r -f -a "text\t''
json\t''"
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand _complete" -s e -l environment -d 'Read settings from this file instead of /etc/multiflexi/multiflexi.env' -r -F
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand _complete" -s v -l verbose -d 'After a create or update print the whole record'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand _complete" -s q -l quiet -d 'Print no sentences, only data and errors'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand _complete" -l silent -d 'Print nothing at all, not even errors: the exit code tells'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand _complete" -s n -l no-interaction -d 'Ask nothing'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand _complete" -l ansi
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand _complete" -l no-ansi -d 'No colours (none are used)'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand _complete" -s h -l help -d 'Print help'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand man" -s f -l format -d 'How to print the result' -r -f -a "text\t''
json\t''"
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand man" -s e -l environment -d 'Read settings from this file instead of /etc/multiflexi/multiflexi.env' -r -F
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand man" -s v -l verbose -d 'After a create or update print the whole record'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand man" -s q -l quiet -d 'Print no sentences, only data and errors'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand man" -l silent -d 'Print nothing at all, not even errors: the exit code tells'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand man" -s n -l no-interaction -d 'Ask nothing'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand man" -l ansi
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand man" -l no-ansi -d 'No colours (none are used)'
complete -c multiflexi-cli -n "__fish_multiflexi_cli_using_subcommand man" -s h -l help -d 'Print help'
