# Every service of the ERP's stack: Debian's packages in one image, because one image is one copy on the disk.
ARG PARENT
FROM ${PARENT}
RUN apt-get update \
 && mkdir -p /etc/postgresql-common && echo 'create_main_cluster = false' > /etc/postgresql-common/createcluster.conf \
 && DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends \
    postgresql-15 redis-server nginx-light prometheus prometheus-alertmanager prometheus-node-exporter \
    prometheus-postgres-exporter prometheus-redis-exporter python3-fastapi python3-uvicorn python3-sqlalchemy \
    python3-psycopg2 python3-redis python3-prometheus-client python3-jwt curl procps \
 && rm -rf /var/lib/apt/lists/* /var/cache/apt/*.bin /var/cache/apt/archives/*.deb /usr/lib/*/libLLVM* /usr/lib/postgresql/15/lib/bitcode \
    /usr/lib/postgresql/15/lib/llvmjit* /usr/lib/*/libz3* /usr/share/prometheus/web /usr/share/javascript \
    /usr/share/nodejs /usr/share/i18n /usr/bin/amtool
COPY erp /app
ENV PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1
