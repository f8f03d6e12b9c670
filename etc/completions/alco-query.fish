# fish completion for alco-query: options, and names of indexes and fields from the store.

# The options that choose the store and the index, as they stand on the command line.
function __alco_query_list
    set -l words (commandline -opc)
    set -l source
    for i in (seq 2 (count $words))
        switch $words[$i]
            case -i --index -s --store --config -f --file
                set -l value (math $i + 1)
                test $value -le (count $words); and set -a source $words[$i] $words[$value]
        end
    end
    alco-query $source --list $argv[1] 2>/dev/null
end

complete -c alco-query -f
complete -c alco-query -a '(__alco_query_list fields | string replace -r \$ :)'
complete -c alco-query -s i -l index -x -a '(__alco_query_list indexes)' -d 'Read this index'
complete -c alco-query -s s -l store -x -d 'Read this store'
complete -c alco-query -s f -l file -r -F -d 'Read a file instead'
complete -c alco-query -l config -r -F -d 'Configuration file'
complete -c alco-query -l multiline -x -a 'auto off' -d 'What joins lines of text files'
complete -c alco-query -l list -x -a 'indexes fields' -d 'List names'
complete -c alco-query -s F -l fixed-strings -x -d 'This text'
complete -c alco-query -s E -l extended-regexp -x -d 'This regular expression'
complete -c alco-query -s y -l ignore-case -d 'Ignore the case of letters'
complete -c alco-query -l case-sensitive -d 'Never ignore it'
complete -c alco-query -s w -l word-regexp -d 'Whole words only'
complete -c alco-query -s v -l invert-match -d 'What does not match'
complete -c alco-query -l since -x -a '15m 1h 1d today yesterday' -d 'From this time on'
complete -c alco-query -l until -x -a 'now today' -d 'Before this time'
complete -c alco-query -l tz -x -d 'Time zone'
complete -c alco-query -l utc -d 'Times in UTC'
complete -c alco-query -s r -l reverse -d 'Newest first'
complete -c alco-query -s m -l limit -x -d 'Stop after so many hits'
complete -c alco-query -l tail -x -d 'The newest hits'
complete -c alco-query -s A -l after-context -x -d 'Events after each hit'
complete -c alco-query -s B -l before-context -x -d 'Events before each hit'
complete -c alco-query -s C -l context -x -d 'Events around each hit'
complete -c alco-query -l within -x -d 'Context by time'
complete -c alco-query -l same -x -a '(__alco_query_list fields)' -d 'Context equal in these fields'
complete -c alco-query -l id -x -d 'The event with this id'
complete -c alco-query -l around -x -d 'What surrounds this event'
complete -c alco-query -s c -l count -d 'Only the number of hits'
complete -c alco-query -s q -l quiet -d 'Print nothing'
complete -c alco-query -s o -l output -x -a 'text json raw tsv csv' -d Format
complete -c alco-query -l cols -x -a '(__alco_query_list fields)' -d Columns
complete -c alco-query -s l -l with-match -x -a '(__alco_query_list fields)' -d 'Values that have a hit'
complete -c alco-query -s L -l without-match -x -a '(__alco_query_list fields)' -d 'Values that have none'
complete -c alco-query -l top -x -a '(__alco_query_list fields)' -d 'Most frequent values'
complete -c alco-query -l hist -d 'Counts over time'
complete -c alco-query -l follow -d 'New events as they arrive'
complete -c alco-query -l url -d 'Link to the web page'
complete -c alco-query -l explain -d 'How the query was understood'
complete -c alco-query -l color -x -a 'auto always never' -d Colours
complete -c alco-query -l no-pager -d 'Never start a pager'
complete -c alco-query -l check -d 'Look at the configuration and the store'
complete -c alco-query -l partial-ok -d 'An incomplete answer is no trouble'
