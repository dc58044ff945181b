package dev.lethe.requests.access.source.elastic;

import static dev.lethe.requests.access.source.elastic.Given.ADA;
import static dev.lethe.requests.access.source.elastic.Given.failure;
import static dev.lethe.requests.access.source.elastic.Given.read;
import static dev.lethe.requests.access.source.elastic.StubElasticsearch.page;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class ElasticTlsTest {

    private static final String PASSWORD = "changeit";

    @TempDir
    private Path folder;

    @Test
    void onlyTheAuthorityThatIsNamedIsTrusted() throws Exception {
        try (var stub = StubElasticsearch.with(identity("one", "ip:127.0.0.1"))) {
            identity("other", "ip:127.0.0.1");
            stub.finds(page(0, 1, 1));

            try (var trusting = source(stub, "ca: " + folder.resolve("one.pem"));
                    var trustingAnother = source(stub, "ca: " + folder.resolve("other.pem"));
                    var usual = source(stub)) {
                assertThat(failure(trustingAnother, ADA)).endsWith("(SSLHandshakeException)");
                assertThat(failure(usual, ADA)).endsWith("(SSLHandshakeException)");
                assertThat(stub.calls).isEmpty();
                assertThat(read(trusting, ADA)).hasSize(1);
            }
        }
    }

    @Test
    void aCertificateOfAnotherHostIsRefused() throws Exception {
        try (var stub = StubElasticsearch.with(identity("elsewhere", "dns:elsewhere.example"));
                var source = source(stub, "ca: " + folder.resolve("elsewhere.pem"))) {
            assertThat(failure(source, ADA)).startsWith("source visits: Elasticsearch did not answer as expected (SSL");
            assertThat(stub.calls).isEmpty();
        }
    }

    private static ElasticSource source(StubElasticsearch stub, String... more) {
        return Given.source(
                stub.url(),
                Stream.concat(Stream.of("index: web-*", "field: id", "timeout: 5s"), Stream.of(more))
                        .toArray(String[]::new));
    }

    /** A key of this name, and its certificate in NAME.pem. */
    private SSLContext identity(String name, String host) throws Exception {
        Path store = folder.resolve(name + ".p12");
        keytool("-genkeypair", "-keyalg", "EC", "-dname", "CN=" + name, "-ext", "san=" + host, store);
        keytool("-exportcert", "-rfc", "-file", folder.resolve(name + ".pem").toString(), store);
        KeyStore keys = KeyStore.getInstance("PKCS12");
        try (InputStream in = Files.newInputStream(store)) {
            keys.load(in, PASSWORD.toCharArray());
        }
        var managers = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        managers.init(keys, PASSWORD.toCharArray());
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(managers.getKeyManagers(), null, null);
        return context;
    }

    private static void keytool(Object... arguments) throws Exception {
        var command = new ArrayList<String>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "keytool").toString());
        List.of(arguments).subList(0, arguments.length - 1).forEach(argument -> command.add(argument.toString()));
        command.addAll(List.of("-alias", "it", "-storepass", PASSWORD, "-keystore"));
        command.add(arguments[arguments.length - 1].toString());
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        String output = new String(process.getInputStream().readAllBytes());
        assertThat(process.waitFor()).as(output).isZero();
    }
}
