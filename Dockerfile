# One recipe for the image of every program here; docker-compose.yml names the program:
#   docker build --build-arg SERVICE=requests-manager --tag lethe-requests-manager .
# The jar comes from './lethe build', run before: one build serves all images.

FROM eclipse-temurin:25-jre AS layers
ARG SERVICE
WORKDIR /layers
COPY ${SERVICE}/target/${SERVICE}-app.jar app.jar
RUN java -Djarmode=tools -jar app.jar extract --layers --destination extracted

FROM eclipse-temurin:25-jre
WORKDIR /app
# From what seldom changes to what always does, so that a new version ships kilobytes
COPY --from=layers /layers/extracted/dependencies/ ./
COPY --from=layers /layers/extracted/spring-boot-loader/ ./
COPY --from=layers /layers/extracted/snapshot-dependencies/ ./
COPY --from=layers /layers/extracted/application/ ./

# A volume takes over the owner of the folder that it is mounted on
RUN install -d -o 10001 -g 10001 -m 700 /work
USER 10001:10001

# Logs for machines: one ECS JSON document a line on the standard output
ENV LETHE_LOG_FORMAT=ecs \
    SERVER_PORT=8080
EXPOSE 8080

# In bash, which the base image has; curl and wget may go from it any day
HEALTHCHECK --interval=10s --timeout=5s --start-period=90s --retries=3 \
    CMD ["bash", "-c", "exec 3<>/dev/tcp/127.0.0.1/$SERVER_PORT && printf 'GET /actuator/health/readiness HTTP/1.0\\r\\n\\r\\n' >&3 && read -r -t 4 _ status _ <&3 && [ \"$status\" = 200 ]"]

# Of the container's memory, what the heap leaves is for threads, classes and buffers. The last two flags keep the JVM's own
# warnings about what libraries do out of the logs.
# One carrier for each core are few: a virtual thread that loads a class cannot leave the one that carries it
ENTRYPOINT ["java", "-Djdk.virtualThreadScheduler.parallelism=16", "-XX:MaxRAMPercentage=60", "-XX:+ExitOnOutOfMemoryError", "--enable-native-access=ALL-UNNAMED", "--sun-misc-unsafe-memory-access=allow", "-jar", "app.jar"]
