package dev.lethe.requests.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.math.BigInteger;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.Principal;
import java.security.interfaces.RSAPrivateKey;
import java.security.interfaces.RSAPublicKey;
import java.time.Instant;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Import;
import org.springframework.security.oauth2.jwt.JwtClaimsSet;
import org.springframework.security.oauth2.jwt.JwtEncoderParameters;
import org.springframework.security.oauth2.jwt.NimbusJwtEncoder;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RestController;
import tools.jackson.databind.json.JsonMapper;

/** Of the service only the door, and a room behind it that tells who came in. */
@ExtendWith(OutputCaptureExtension.class)
class ApiSecurityTest {

    @EnableAutoConfiguration(excludeName = "org.springframework.boot.jdbc.autoconfigure.DataSourceAutoConfiguration")
    @EnableConfigurationProperties(ApiProperties.class)
    @Import({ApiSecurity.class, Room.class})
    static class Door {}

    @RestController
    static class Room {

        @GetMapping("/requests")
        String read(@Nullable Principal principal) {
            return Caller.who(principal);
        }

        @PostMapping("/requests/{id}/hold")
        String operate(@Nullable Principal principal) {
            return Caller.who(principal);
        }
    }

    private final HttpClient http = HttpClient.newHttpClient();
    private @Nullable ConfigurableApplicationContext door;

    private void open(String... properties) {
        door = new SpringApplicationBuilder(Door.class)
                .registerShutdownHook(false)
                .run(Stream.concat(
                                Stream.of(
                                        "server.port=0", "management.endpoint.health.validate-group-membership=false"),
                                Arrays.stream(properties))
                        .map("--"::concat)
                        .toArray(String[]::new));
    }

    @AfterEach
    void shut() {
        if (door != null) {
            door.close();
        }
    }

    private HttpResponse<String> get(String... headers) throws Exception {
        return send(request("/requests").GET(), headers);
    }

    private HttpResponse<String> hold(String... headers) throws Exception {
        return send(request("/requests/1/hold").POST(BodyPublishers.ofString("")), headers);
    }

    private HttpRequest.Builder request(String path) {
        String port = door.getEnvironment().getRequiredProperty("local.server.port");
        return HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path));
    }

    private HttpResponse<String> send(HttpRequest.Builder request, String... headers) throws Exception {
        return http.send(
                (headers.length == 0 ? request : request.headers(headers)).build(),
                HttpResponse.BodyHandlers.ofString());
    }

    @Test
    void whereNothingIsConfiguredNobodyComesInAndTheLogSaysWhatOpens(CapturedOutput log) throws Exception {
        open();
        for (String[] headers : List.of(
                new String[0],
                new String[] {"X-API-Key", "planted"},
                new String[] {"X-API-Key", ""},
                new String[] {"Authorization", "Bearer planted"},
                new String[] {"Authorization", "Basic dXNlcjpwbGFudGVk"})) {
            HttpResponse<String> answer = get(headers);
            assertThat(answer.statusCode()).isEqualTo(401);
            assertThat(answer.body()).contains("closed", "lethe.api.keys").doesNotContain("planted");
            assertThat(hold(headers).statusCode()).isEqualTo(401);
        }
        assertThat(log)
                .containsOnlyOnce("/requests refuses everybody")
                .doesNotContain("generated security password")
                .doesNotContain("planted");
    }

    @Test
    void openToAllIsSaidLoudlyAndOnlyWhereNobodyElseCanReachIt(CapturedOutput log) throws Exception {
        open("lethe.api.open=true", "server.address=127.0.0.1");

        HttpResponse<String> answer = get();
        assertThat(answer.statusCode()).isEqualTo(200);
        assertThat(answer.body()).isEqualTo("anybody");
        assertThat(answer.headers().firstValue("X-Lethe-Open")).hasValue("true");
        assertThat(hold().statusCode()).isEqualTo(200);
        assertThat(log).containsPattern("WARN.*OPEN TO EVERYBODY");
    }

    @Test
    void theDemoMayBeOpenAtAnyAddress() throws Exception {
        open("lethe.api.open=true", "spring.profiles.active=demo");

        assertThat(get().statusCode()).isEqualTo(200);
    }

    @ParameterizedTest
    @ValueSource(strings = {"server.address=0.0.0.0", "server.address=", "spring.profiles.active=production"})
    void nothingIsOpenToANetwork(String property) {
        assertThatThrownBy(() -> open("lethe.api.open=true", property))
                .hasStackTraceContaining("set server.address to 127.0.0.1, or configure keys instead");
    }

    @Test
    void openAndATokenServerContradictEachOther() {
        assertThatThrownBy(() -> open(
                        "lethe.api.open=true",
                        "server.address=127.0.0.1",
                        "spring.security.oauth2.resourceserver.jwt.jwk-set-uri=http://127.0.0.1:1/keys"))
                .hasStackTraceContaining("remove one of them");
    }

    @Test
    void aTokenOpensWhatItsScopesSay(CapturedOutput log) throws Exception {
        KeyPair keys = keys();
        HttpServer server = authorizationServer(keys);
        try {
            open(
                    "spring.security.oauth2.resourceserver.jwt.jwk-set-uri=http://127.0.0.1:%d/keys"
                            .formatted(server.getAddress().getPort()),
                    "spring.security.oauth2.resourceserver.jwt.audiences=lethe");
            Instant soon = Instant.now().plusSeconds(60);
            String reader = token(keys, "requests:read", "lethe", soon);
            String operator = token(keys, "openid requests:operate", "lethe", soon);

            assertThat(get("Authorization", "Bearer " + reader).body()).isEqualTo("frontend planted-subject");
            assertThat(hold("Authorization", "Bearer " + reader).statusCode()).isEqualTo(403);
            assertThat(hold("Authorization", "Bearer " + operator).body()).isEqualTo("operator planted-subject");
            assertThat(get("Authorization", "Bearer " + operator).statusCode()).isEqualTo(403);
            for (String wrong : List.of(
                    token(keys, "requests:read", "lethe", Instant.now().minusSeconds(3600)),
                    token(keys, "requests:read", "others", soon),
                    token(keys(), "requests:read", "lethe", soon),
                    unsigned(reader),
                    reader.substring(0, reader.length() - 9),
                    "planted")) {
                HttpResponse<String> answer = get("Authorization", "Bearer " + wrong);
                assertThat(answer.statusCode()).isEqualTo(401);
                assertThat(answer.headers().firstValue("WWW-Authenticate").orElseThrow())
                        .isEqualTo("Bearer realm=\"requests\", error=\"invalid_token\"");
            }
            assertThat(get().headers().firstValue("WWW-Authenticate")).hasValue("Bearer realm=\"requests\"");
        } finally {
            server.stop(0);
        }
        assertThat(log).doesNotContain("planted");
    }

    @Test
    void aTokenThatCannotBeCheckedIsNotRefusedForGood() throws Exception {
        KeyPair keys = keys();
        HttpServer server = authorizationServer(keys);
        server.stop(0);
        open("spring.security.oauth2.resourceserver.jwt.jwk-set-uri=http://127.0.0.1:%d/keys"
                .formatted(server.getAddress().getPort()));

        HttpResponse<String> answer = get(
                "Authorization",
                "Bearer " + token(keys, "requests:read", "lethe", Instant.now().plusSeconds(60)));

        assertThat(answer.statusCode()).isEqualTo(503);
        assertThat(answer.headers().firstValue("Content-Type")).hasValue("application/problem+json");
    }

    private static KeyPair keys() throws Exception {
        KeyPairGenerator generator = KeyPairGenerator.getInstance("RSA");
        generator.initialize(2048);
        return generator.generateKeyPair();
    }

    private static HttpServer authorizationServer(KeyPair keys) throws IOException {
        var key = (RSAPublicKey) keys.getPublic();
        String header = token(keys, "any", "any", Instant.now()).split("\\.")[0];
        String name = JsonMapper.shared()
                .readTree(Base64.getUrlDecoder().decode(header))
                .get("kid")
                .asString();
        byte[] answer = """
                {"keys":[{"kty":"RSA","use":"sig","alg":"RS256","kid":"%s","n":"%s","e":"%s"}]}
                """.formatted(name, base64(key.getModulus()), base64(key.getPublicExponent()))
                .getBytes(StandardCharsets.UTF_8);
        HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/keys", exchange -> {
            exchange.sendResponseHeaders(200, answer.length);
            exchange.getResponseBody().write(answer);
            exchange.close();
        });
        server.start();
        return server;
    }

    private static String base64(BigInteger number) {
        byte[] bytes = number.toByteArray();
        int sign = bytes[0] == 0 ? 1 : 0;
        return Base64.getUrlEncoder().withoutPadding().encodeToString(Arrays.copyOfRange(bytes, sign, bytes.length));
    }

    private static String token(KeyPair keys, String scope, String audience, Instant until) {
        var claims = JwtClaimsSet.builder()
                .subject("planted-subject")
                .audience(List.of(audience))
                .claim("scope", scope)
                .issuedAt(until.minusSeconds(600))
                .expiresAt(until)
                .build();
        return NimbusJwtEncoder.withKeyPair((RSAPublicKey) keys.getPublic(), (RSAPrivateKey) keys.getPrivate())
                .build()
                .encode(JwtEncoderParameters.from(claims))
                .getTokenValue();
    }

    private static String unsigned(String token) {
        String header = Base64.getUrlEncoder()
                .withoutPadding()
                .encodeToString("{\"alg\":\"none\"}".getBytes(StandardCharsets.UTF_8));
        return header + "." + token.split("\\.")[1] + ".";
    }
}
