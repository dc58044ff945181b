package dev.lethe.requests.access.source.http;

import static dev.lethe.requests.access.source.http.HttpSources.ADA;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lethe.requests.access.source.About;
import dev.lethe.requests.access.source.Collected;
import dev.lethe.requests.access.source.SourceFailure;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.function.Predicate;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.util.unit.DataSize;
import tools.jackson.core.JsonPointer;

@Timeout(30)
class AddressesTest {

    private static final String REFUSED =
            "source payments: its host has a private address; write 'private: true' in sources.yaml if that is meant";

    @ParameterizedTest
    @ValueSource(
            strings = {
                "0.0.0.0",
                "0.1.2.3",
                "10.0.0.1",
                "10.255.255.255",
                "100.64.0.1",
                "100.127.255.255",
                "127.0.0.1",
                "127.255.255.254",
                "169.254.169.254",
                "172.16.0.1",
                "172.31.255.255",
                "192.0.0.1",
                "192.0.2.1",
                "192.168.0.1",
                "198.18.0.1",
                "198.51.100.1",
                "203.0.113.1",
                "224.0.0.1",
                "239.255.255.255",
                "240.0.0.1",
                "255.255.255.255",
                "::",
                "::1",
                "::ffff:127.0.0.1",
                "::ffff:169.254.169.254",
                "::127.0.0.1",
                "64:ff9b::a9fe:a9fe",
                "64:ff9b:1::1",
                "100::1",
                "2001::1",
                "2001:db8::1",
                "2002:7f00:1::1",
                "2002:a9fe:a9fe::",
                "fc00::1",
                "fd00:ec2::254",
                "fe80::1",
                "febf::1",
                "fec0::1",
                "ff02::1"
            })
    void whatIsNotOfTheInternetIsRefused(String address) throws Exception {
        assertThat(Addresses.isPublic(InetAddress.getByName(address))).isFalse();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "1.1.1.1",
                "9.255.255.255",
                "11.0.0.0",
                "100.63.255.255",
                "100.128.0.0",
                "126.0.0.1",
                "128.0.0.1",
                "169.253.255.255",
                "172.15.255.255",
                "172.32.0.0",
                "192.167.255.255",
                "223.255.255.255",
                "::ffff:8.8.8.8",
                "64:ff9b::808:808",
                "2001:4860:4860::8888",
                "2606:4700::1111",
                "2002:808:808::1"
            })
    void whatIsOfTheInternetIsNot(String address) throws Exception {
        assertThat(Addresses.isPublic(InetAddress.getByName(address))).isTrue();
    }

    /** Which Java itself turns into IPv4, but only where it makes the address. */
    @Test
    void anIpv4AddressInIpv6IsWhatItLeadsTo() throws Exception {
        byte[] mapped = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, -1, -1, 10, 0, 0, 1};

        assertThat(Addresses.isPublic(Inet6Address.getByAddress(null, mapped, -1)))
                .isFalse();
    }

    @ParameterizedTest
    @ValueSource(strings = {"http://localhost:%d/", "http://127.0.0.1:%d/", "http://2130706433:%d/"})
    void whateverItIsCalledThisMachineIsNotConnectedTo(String url) throws Exception {
        try (var api = new Api()) {
            api.says(200, "[]");
            try (var source = source(
                    url.formatted(api.port()) + "{subject.id}", InetAddress::getAllByName, Addresses::isPublic)) {
                assertThatThrownBy(() -> source.read(ADA, new Collected()))
                        .isInstanceOf(SourceFailure.class)
                        .hasMessage(REFUSED);
            }
            assertThat(api.calls()).isEmpty();
        }
    }

    /** A name that leads somewhere else the second time, when everybody has stopped to look: DNS rebinding. */
    @Test
    void everyConnectionIsDecidedByTheAddressItGoesTo() throws Exception {
        InetAddress harmless = InetAddress.getByName("127.0.0.2");
        InetAddress inner = InetAddress.getByName("127.0.0.1");
        Queue<InetAddress> answers = new ArrayDeque<>(List.of(harmless, inner));
        try (var api = new Api(harmless, 0);
                var victim = new Api(inner, api.port())) {
            api.says(200, "[]", "Connection", "close");
            victim.says(200, "[]");
            try (var source = source(
                    "http://rebound.example:%d/{subject.id}".formatted(api.port()),
                    host -> new InetAddress[] {answers.remove()},
                    harmless::equals)) {
                source.read(ADA, new Collected());
                assertThatThrownBy(() -> source.read(ADA, new Collected())).hasMessage(REFUSED);
            }
            assertThat(api.calls()).hasSize(1);
            assertThat(victim.calls()).isEmpty();
        }
    }

    @Test
    void ofSeveralAddressesOnlyThoseAllowedAreTried() throws Exception {
        InetAddress allowed = InetAddress.getByName("127.0.0.2");
        InetAddress inner = InetAddress.getByName("127.0.0.1");
        try (var api = new Api(allowed, 0);
                var victim = new Api(inner, api.port())) {
            api.says(200, "[]");
            victim.says(200, "[]");
            try (var source = source(
                    "http://both.example:%d/{subject.id}".formatted(api.port()),
                    host -> new InetAddress[] {inner, allowed},
                    allowed::equals)) {
                source.read(ADA, new Collected());
            }
            assertThat(api.calls()).hasSize(1);
            assertThat(victim.calls()).isEmpty();
        }
    }

    @Test
    void aNameThatNobodyKnowsIsAFailure() throws Exception {
        try (var source = source(
                "http://nobody.example/{subject.id}",
                host -> {
                    throw new UnknownHostException(host);
                },
                Addresses::isPublic)) {
            assertThatThrownBy(() -> source.read(ADA, new Collected()))
                    .isInstanceOfSatisfying(SourceFailure.class, failure -> assertThat(failure.reason())
                            .isEqualTo("source payments: the server did not answer (UnknownHostException)"));
        }
    }

    private static HttpSource source(String url, Web.Names names, Predicate<InetAddress> allowed) {
        var about = new About("payments", "What you paid", 4, Map.of());
        var settings = new HttpSettings(
                new Template(url, Template.Into.URL),
                null,
                "application/json",
                Map.of(),
                new Authentication.None(),
                JsonPointer.empty(),
                new Paging.None(),
                1,
                Set.of(HttpSettings.hostAndPort(java.net.URI.create(url.replace("{subject.id}", "x")))),
                false,
                Duration.ofSeconds(5),
                Duration.ofSeconds(5),
                DataSize.ofMegabytes(1),
                DataSize.ofMegabytes(1));
        return new HttpSource(about, settings, names, allowed, Clock.systemUTC());
    }
}
