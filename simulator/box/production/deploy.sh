#!/bin/bash
# Operations of the ERP on this server: deploy.sh health_check | releases | deploy RELEASE | rollback
set -u

SITE=https://erp.yourdomain.com
DATABASE=erp_quty_karunia_prod
FOLDER=$(dirname "$(readlink -f "$0")")
IMAGE=erp/stack
LIMIT_S=10
failures=0

report() { # report OK? NAME DETAIL
    if [ "$1" -eq 0 ]; then
        echo "✓ $2: OK$3"
    else
        echo "✗ $2: FAILED$3"
        failures=$((failures + 1))
    fi
}

check_postgres() {
    timeout $LIMIT_S docker exec erp-postgres \
        psql -h 127.0.0.1 -U postgres -d $DATABASE -qtAc 'SELECT 1' >/dev/null 2>&1
    report $? PostgreSQL ""
}

check_redis() {
    local answer
    answer=$(timeout $LIMIT_S docker exec erp-redis redis-cli ping 2>/dev/null)
    [ "$answer" = PONG ]
    report $? Redis ""
}

check_backend() {
    local status seconds
    read -r status seconds < <(curl -s -o /dev/null -m $LIMIT_S -w '%{http_code} %{time_total}\n' $SITE/health)
    if [ "$status" = 200 ]; then
        report 0 Backend " (Response time: $(awk -v s="$seconds" 'BEGIN { printf "%.0f", s * 1000 }') ms)"
    else
        report 1 Backend " (HTTP status ${status:-000})"
    fi
}

check_prometheus() {
    timeout $LIMIT_S docker exec erp-prometheus curl -fs -m 5 http://localhost:9090/-/ready >/dev/null 2>&1
    report $? Prometheus ""
}

health_check() {
    check_postgres
    check_redis
    check_backend
    check_prometheus
    [ $failures -eq 0 ]
}

releases() {
    docker image ls --format '{{.Tag}}' $IMAGE | sort -V | sed "s/^$(running)\$/& (running)/"
}

running() {
    sed -n 's/^ERP_RELEASE=//p' .env
}

deploy() { # deploy RELEASE
    local before
    before=$(running)
    if ! docker image inspect "$IMAGE:$1" >/dev/null 2>&1; then
        echo "there is no release $1; see: bash /opt/erp/deploy.sh releases" >&2
        return 1
    fi
    sed -i "s/^ERP_RELEASE=.*/ERP_RELEASE=$1/" .env
    docker-compose up -d backend || return 1
    echo "$before" >.release-before
    note "deploy: release $before -> $1"
}

rollback() {
    if [ ! -s .release-before ]; then
        echo "no release was deployed before the running one" >&2
        return 1
    fi
    deploy "$(cat .release-before)"
}

note() { # note TEXT: a line in the log of deployments, in git's form
    local log=.git/logs/HEAD old
    old=$(tail -1 $log | cut -d' ' -f2)
    printf '%s %s %s %s +0000\t%s\n' "$old" "$(printf '%s %s' "$old" "$1" | sha1sum | cut -d' ' -f1)" \
        "${USER:-root} <${USER:-root}@quty.com>" "$(date +%s)" "$1" >>$log
}

case "${1:-}" in
    health_check) health_check ;;
    releases) cd "$FOLDER" && releases ;;
    deploy) cd "$FOLDER" && deploy "${2:?deploy RELEASE}" ;;
    rollback) cd "$FOLDER" && rollback ;;
    *)
        echo "usage: bash /opt/erp/deploy.sh health_check | releases | deploy RELEASE | rollback" >&2
        exit 2
        ;;
esac
