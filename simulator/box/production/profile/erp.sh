# The ERP's production server: what a responder's shell knows. For login shells, dash's too, and for
# /etc/bash.bashrc; reading it twice does no harm.

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
    if [ -n "$BASH_VERSION" ] && [ -z "${erp_told+set}" ]; then
        erp_told=
        # Before each prompt: tell the desk what was typed last. No history on the disk, which may be full.
        erp_tell() {
            if [ -z "$erp_told" ]; then
                # Only now, because an account's own .bashrc is read after this file.
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
        unset HISTFILE
        PROMPT_COMMAND=erp_tell
        if shopt -q login_shell; then
            [ -d /opt/erp ] && cd /opt/erp
            (erp-typed --hello </dev/null >/dev/null 2>&1 &)
        fi
    fi
    ;;
esac
