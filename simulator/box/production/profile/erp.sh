# The ERP's production server: what a responder's shell knows. Sourced by login shells, dash's too.

export PGHOST=localhost PGUSER=postgres PGDATABASE=erp_quty_karunia_prod
if [ -r /opt/erp/.token ]; then
    TOKEN=$(cat /opt/erp/.token)
    export TOKEN
fi
case ":$PATH:" in
*:/usr/local/bin:*) ;;
*) PATH=/usr/local/sbin:/usr/local/bin:$PATH ;;
esac
export PATH

case $- in
*i*)
    [ -d /opt/erp ] && cd /opt/erp
    if [ -n "$BASH_VERSION" ]; then
        # No history on the disk, which may be full; the desk keeps what is typed instead.
        unset HISTFILE
        erp_told=
        erp_tell() {
            if [ -z "$erp_told" ]; then
                # Now, because an account's own .bashrc has been read since.
                # Accounts share one user id, so \u would call everybody root.
                PS1='${LOGNAME:-root}@erp-prod:\w\$ '
                erp_told=0
            fi
            unset HISTFILE
            HISTCONTROL=
            HISTIGNORE=
            local line number
            line=$(HISTTIMEFORMAT= history 1)
            line=${line#"${line%%[![:space:]]*}"}
            number=${line%%[!0-9]*}
            [ -n "$number" ] && [ "$number" != "$erp_told" ] || return 0
            erp_told=$number
            line=${line#"$number"}
            line=${line#\*}
            line=${line#"${line%%[![:space:]]*}"}
            (erp-typed -- "$line" </dev/null >/dev/null 2>&1 &)
        }
        PROMPT_COMMAND=erp_tell
        (erp-typed --hello </dev/null >/dev/null 2>&1 &)
    fi
    ;;
esac
