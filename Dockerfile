# The image of node, worker, enclave and client, from source. `./M4.sh --containers` builds and runs it; by hand:
#   docker build --tag substratee .
FROM debian:bookworm-slim AS build
WORKDIR /src
COPY tools/install.sh tools/
RUN tools/install.sh --programs && rm -rf /var/lib/apt/lists/*
COPY . .
RUN cmake --preset release && cmake --build --preset release && deploy/pack.sh build/release/bin /image

# What runs. From here on the same as deploy/Dockerfile.prebuilt.
FROM debian:bookworm-slim
COPY --from=build /image/ /
RUN ldconfig \
 && for program in node worker enclave client; do ! ldd "/usr/local/bin/substratee-$program" | grep 'not found' || exit 1; done \
 && groupadd --gid 10001 substratee \
 && useradd --uid 10001 --gid 10001 --home-dir /nonexistent --no-create-home --shell /usr/sbin/nologin substratee \
 && install -d -o substratee -g substratee -m 0700 /var/lib/substratee /var/lib/substratee-platform \
 && install -d -m 0755 /etc/substratee
# By number, so that an orchestrator can see that it is not root.
USER 10001:10001
WORKDIR /var/lib/substratee
# Node: JSON-RPC. Worker: API, provisioning.
EXPOSE 9944 2000 3443
HEALTHCHECK --interval=3s --timeout=5s --start-period=60s --retries=3 CMD ["substratee-health"]
CMD ["substratee-client", "--help"]
