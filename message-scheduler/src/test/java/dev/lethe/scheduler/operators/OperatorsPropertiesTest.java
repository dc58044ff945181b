package dev.lethe.scheduler.operators;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.NullSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.security.core.userdetails.UsernameNotFoundException;
import org.springframework.security.crypto.password.PasswordEncoder;

class OperatorsPropertiesTest {

    private final OperatorsSecurity security = new OperatorsSecurity();
    private final PasswordEncoder encoder = security.passwordEncoder();

    @ParameterizedTest
    @NullSource
    @ValueSource(strings = "")
    void withoutAPasswordThereIsNobodyToLogInAs(String none) {
        var closed = new OperatorsProperties(none);

        assertThatThrownBy(() -> security.operators(closed, encoder).loadUserByUsername("operator"))
                .isInstanceOf(UsernameNotFoundException.class);
    }

    @Test
    void thePasswordIsKeptAsAHash() {
        var open = new OperatorsProperties("a good password");

        String kept =
                security.operators(open, encoder).loadUserByUsername("operator").getPassword();

        assertThat(kept).doesNotContain("good");
        assertThat(encoder.matches("a good password", kept)).isTrue();
        assertThat(encoder.matches("another password", kept)).isFalse();
        assertThat(open).asString().doesNotContain("good");
    }

    @ParameterizedTest
    @ValueSource(strings = {"short", "1234567890123456789012345678901234567890123456789012345678901234567890123"})
    void aPasswordThatIsTooShortOrTooLongIsRefusedWithoutRepeatingIt(String password) {
        assertThatThrownBy(() -> new OperatorsProperties(password))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("lethe.operators.password")
                .hasMessageNotContaining(password);
    }
}
