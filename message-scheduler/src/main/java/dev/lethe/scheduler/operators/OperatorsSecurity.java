package dev.lethe.scheduler.operators;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.security.config.annotation.web.builders.HttpSecurity;
import org.springframework.security.config.http.SessionCreationPolicy;
import org.springframework.security.core.userdetails.User;
import org.springframework.security.core.userdetails.UserDetailsService;
import org.springframework.security.crypto.bcrypt.BCryptPasswordEncoder;
import org.springframework.security.crypto.password.PasswordEncoder;
import org.springframework.security.provisioning.InMemoryUserDetailsManager;
import org.springframework.security.web.SecurityFilterChain;

/** Health and metrics are open, the operators' part is for who has the password, and nothing else is there. */
@Configuration(proxyBeanMethods = false)
class OperatorsSecurity {

    private static final Logger log = LoggerFactory.getLogger(OperatorsSecurity.class);

    /** The hash is stored nowhere: it is there to be compared in constant time, and need not be slow. */
    private static final int LEAST_ROUNDS = 4;

    @Bean
    PasswordEncoder passwordEncoder() {
        return new BCryptPasswordEncoder(LEAST_ROUNDS);
    }

    @Bean
    UserDetailsService operators(OperatorsProperties properties, PasswordEncoder encoder) {
        if (!properties.isOpen()) {
            log.atInfo()
                    .addKeyValue("event.action", "operators-closed")
                    .log("/operators refuses everybody; lethe.operators.password (LETHE_OPERATORS_PASSWORD) opens it");
            return new InMemoryUserDetailsManager();
        }
        return new InMemoryUserDetailsManager(User.withUsername(OperatorsProperties.USER)
                .password(encoder.encode(properties.password()))
                .roles("OPERATOR")
                .build());
    }

    /** No session and no cookie, and every POST must say that it is JSON, which no form of another site can. */
    @Bean
    SecurityFilterChain whoMayDoWhat(HttpSecurity http, Unauthenticated unauthenticated) {
        return http.authorizeHttpRequests(requests -> requests.requestMatchers("/operators/**")
                        .hasRole("OPERATOR")
                        .anyRequest()
                        .permitAll())
                .httpBasic(basic -> basic.authenticationEntryPoint(unauthenticated))
                .exceptionHandling(failures -> failures.authenticationEntryPoint(unauthenticated))
                .sessionManagement(sessions -> sessions.sessionCreationPolicy(SessionCreationPolicy.STATELESS))
                .csrf(csrf -> csrf.disable())
                .logout(logout -> logout.disable())
                .requestCache(cache -> cache.disable())
                .build();
    }
}
