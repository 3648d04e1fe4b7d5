# The production server's root, and beside it the control half's program.
ARG PARENT
FROM ${PARENT}
RUN apt-get update \
 && DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends \
    docker.io docker-compose iptables iproute2 openssh-server openssh-client postgresql-client-15 curl \
    procps psmisc vim-tiny nano less e2fsprogs util-linux openssl ca-certificates dehydrated uacme golang-github-containers-common \
 && rm -rf /var/lib/apt/lists/* /var/cache/apt/*.bin /var/cache/apt/archives/*.deb /etc/ssh/ssh_host_* /usr/lib/cni \
    /usr/bin/ctr /usr/bin/dnet /usr/sbin/ovrouter /usr/bin/containerd-shim /usr/bin/containerd-shim-runc-v1
COPY production /production
COPY control /control
ENV PYTHONPATH=/ PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1
ENTRYPOINT ["python3", "-m", "control.main"]
