package dev.lethe.requests.api;

import java.net.InetAddress;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.env.Environment;
import org.springframework.core.env.Profiles;
import org.springframework.http.HttpMethod;
import org.springframework.security.config.ObjectPostProcessor;
import org.springframework.security.config.annotation.web.builders.HttpSecurity;
import org.springframework.security.config.annotation.web.configurers.AbstractHttpConfigurer;
import org.springframework.security.config.annotation.web.configurers.oauth2.server.resource.OAuth2ResourceServerConfigurer;
import org.springframework.security.config.http.SessionCreationPolicy;
import org.springframework.security.oauth2.jwt.JwtDecoder;
import org.springframework.security.oauth2.server.resource.web.authentication.BearerTokenAuthenticationFilter;
import org.springframework.security.web.SecurityFilterChain;
import org.springframework.security.web.header.writers.StaticHeadersWriter;

/**
 * Who may do what under {@code /requests}. Everything else is as open as it was: health and metrics are for the network that sees them,
 * and a report for who has its link.
 */
@Configuration(proxyBeanMethods = false)
class ApiSecurity {

    private static final Logger log = LoggerFactory.getLogger(ApiSecurity.class);

    private static final String ALL = "/requests/**";

    @Bean
    Denials denials(ApiProperties properties, ObjectProvider<JwtDecoder> tokens) {
        return new Denials(!properties.keys().isEmpty(), tokens.getIfAvailable() != null);
    }

    /** No session and no cookie, and every POST must say that it is JSON, which no form of another site can. */
    @Bean
    SecurityFilterChain whoMayDoWhat(
            HttpSecurity http,
            ApiProperties properties,
            ObjectProvider<JwtDecoder> tokens,
            Denials denials,
            Environment environment) {
        JwtDecoder decoder = tokens.getIfAvailable();
        http.securityMatcher(ALL)
                .exceptionHandling(
                        failures -> failures.authenticationEntryPoint(denials).accessDeniedHandler(denials))
                .sessionManagement(sessions -> sessions.sessionCreationPolicy(SessionCreationPolicy.STATELESS))
                .csrf(AbstractHttpConfigurer::disable)
                .logout(AbstractHttpConfigurer::disable)
                .requestCache(AbstractHttpConfigurer::disable);
        if (properties.open()) {
            open(http, decoder, environment);
        } else {
            guard(http, properties, decoder, denials);
        }
        return http.build();
    }

    private static void open(HttpSecurity http, @Nullable JwtDecoder decoder, Environment environment) {
        if (decoder != null) {
            throw new IllegalStateException("lethe.api.open is true, so that the configured authorization server would"
                    + " keep nobody out; remove one of them");
        }
        InetAddress address = environment.getProperty("server.address", InetAddress.class);
        if (!environment.acceptsProfiles(Profiles.of("demo")) && (address == null || !address.isLoopbackAddress())) {
            throw new IllegalStateException(
                    "lethe.api.open is true, so that whoever reaches this server may read and stop"
                            + " every request; set server.address to 127.0.0.1, or configure keys instead: "
                            + Denials.HOW_TO_OPEN);
        }
        log.atWarn()
                .addKeyValue("event.action", "api-open")
                .log("/requests IS OPEN TO EVERYBODY WHO REACHES THIS SERVER, without any key; lethe.api.open is for"
                        + " demonstrations only");
        http.authorizeHttpRequests(requests -> requests.anyRequest().permitAll())
                .headers(headers -> headers.addHeaderWriter(new StaticHeadersWriter("X-Lethe-Open", "true")));
    }

    private static void guard(
            HttpSecurity http, ApiProperties properties, @Nullable JwtDecoder decoder, Denials denials) {
        if (properties.keys().isEmpty() && decoder == null) {
            log.atInfo()
                    .addKeyValue("event.action", "api-closed")
                    .log("/requests refuses everybody; this opens it: {}", Denials.HOW_TO_OPEN);
        }
        http.authorizeHttpRequests(requests -> requests.requestMatchers(HttpMethod.POST, "/requests")
                        .hasAuthority(Right.SUBMIT.authority())
                        .requestMatchers(HttpMethod.POST, "/requests/*/withdraw")
                        .hasAnyAuthority(Right.SUBMIT.authority(), Right.OPERATE.authority())
                        .requestMatchers(HttpMethod.POST, "/requests/search")
                        .hasAuthority(Right.READ.authority())
                        .requestMatchers(HttpMethod.POST, ALL)
                        .hasAuthority(Right.OPERATE.authority())
                        .requestMatchers(HttpMethod.GET, ALL)
                        .hasAuthority(Right.READ.authority())
                        // Nothing is mapped to other methods; HEAD would be, by GET
                        .anyRequest()
                        .denyAll())
                .addFilterBefore(new ApiKeyFilter(properties, denials), BearerTokenAuthenticationFilter.class);
        if (decoder != null) {
            http.oauth2ResourceServer(server -> takeTokens(server, decoder, denials));
        }
    }

    private static void takeTokens(
            OAuth2ResourceServerConfigurer<HttpSecurity> server, JwtDecoder decoder, Denials denials) {
        server.jwt(jwt -> jwt.decoder(decoder))
                .authenticationEntryPoint(denials)
                .accessDeniedHandler(denials)
                .withObjectPostProcessor(new ObjectPostProcessor<BearerTokenAuthenticationFilter>() {
                    @Override
                    public <F extends BearerTokenAuthenticationFilter> F postProcess(F filter) {
                        filter.setAuthenticationFailureHandler(denials);
                        return filter;
                    }
                });
    }
}
