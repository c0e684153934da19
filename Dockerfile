# scaffold-review in a container, for CIs without Node:
#   docker build --tag scaffold-review .
#   docker run --rm --volume "$PWD:/src:ro" scaffold-review

FROM node:24-alpine AS build
WORKDIR /build
COPY package.json package-lock.json ./
RUN npm ci --ignore-scripts --no-audit --no-fund
COPY . .
RUN npm run build && mkdir /pack && npm pack --ignore-scripts --pack-destination /pack

FROM node:24-alpine
# git reads the revisions that "diff" names; the mounted folder belongs to somebody else.
RUN apk add --no-cache git && git config --system --add safe.directory /src
COPY --from=build /pack/ /tmp/pack/
RUN npm install --global --ignore-scripts --no-audit --no-fund /tmp/pack/*.tgz && rm -r /tmp/pack
USER node
WORKDIR /src
ENTRYPOINT ["scaffold-review"]
