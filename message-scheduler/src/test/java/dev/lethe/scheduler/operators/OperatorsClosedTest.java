package dev.lethe.scheduler.operators;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.jdbc.autoconfigure.DataSourceAutoConfiguration;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Import;

/** Of the service only what stands before its HTTP: who comes through would find nothing. */
@ExtendWith(OutputCaptureExtension.class)
class OperatorsClosedTest {

    @EnableAutoConfiguration(exclude = DataSourceAutoConfiguration.class)
    @EnableConfigurationProperties(OperatorsProperties.class)
    @Import({OperatorsSecurity.class, Unauthenticated.class})
    static class Door {}

    private final HttpClient http = HttpClient.newHttpClient();

    @Test
    void withoutAConfiguredPasswordNobodyComesInAndTheLogSaysWhy(CapturedOutput log) throws Exception {
        try (ConfigurableApplicationContext door = new SpringApplicationBuilder(Door.class)
                .run("--server.port=0", "--management.endpoint.health.validate-group-membership=false")) {
            for (String credentials : new String[] {"", "operator:", "operator:null", "user:password"}) {
                HttpResponse<String> answer = get(door, "/operators/messages/1", credentials);

                assertThat(answer.statusCode()).isEqualTo(401);
                assertThat(answer.body()).contains("closed: no lethe.operators.password is configured");
            }
            assertThat(get(door, "/actuator/health/liveness", "").statusCode()).isEqualTo(200);
        }
        assertThat(log).contains("LETHE_OPERATORS_PASSWORD").doesNotContain("generated security password");
    }

    private HttpResponse<String> get(ConfigurableApplicationContext door, String path, String credentials)
            throws Exception {
        String port = door.getEnvironment().getRequiredProperty("local.server.port");
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path));
        if (!credentials.isEmpty()) {
            byte[] bytes = credentials.getBytes(StandardCharsets.UTF_8);
            request.header("Authorization", "Basic " + Base64.getEncoder().encodeToString(bytes));
        }
        return http.send(request.build(), HttpResponse.BodyHandlers.ofString());
    }
}
