#!/bin/bash
# Operations of the ERP on this server: deploy.sh health_check
set -u

SITE=https://erp.yourdomain.com
DATABASE=erp_quty_karunia_prod
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

case "${1:-}" in
    health_check) health_check ;;
    *)
        echo "usage: bash /opt/erp/deploy.sh health_check" >&2
        exit 2
        ;;
esac
