package dev.lethe.requests.life;

import static dev.lethe.messages.Messages.REQUEST_DUE_SOON;
import static dev.lethe.messages.Messages.REQUEST_ERASURE;
import static org.assertj.core.api.Assertions.assertThat;

import dev.lethe.requests.Installation;
import dev.lethe.requests.Shop;
import java.io.IOException;
import java.nio.file.Path;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Nobody brings back the notes of this installation. */
class MissedNotesIT {

    private Shop shop;
    private Installation installation;

    @BeforeEach
    void install(@TempDir Path folder) throws IOException {
        shop = new Shop();
        installation = new Installation(folder, shop.source());
        installation.start("lethe.requests.missed-check=200ms", "lethe.regulations.gdpr.cooling-off=P3D");
    }

    @AfterEach
    void uninstall() throws IOException {
        installation.close();
        shop.close();
    }

    @Test
    void anErasureWhoseCoolingOffIsLongOverIsHandedOver() throws IOException {
        UUID request = installation.submit(REQUEST_ERASURE, "ada");
        installation.awaitState("cooling_off", request);

        installation.set("cooling_off_until = now() - interval '11 minutes'", request);

        installation.awaitState("handed_over", request);
    }

    @Test
    void whatIsLongDueIsSaidOnce() throws IOException {
        UUID request = installation.submit(REQUEST_ERASURE, "grace");
        installation.awaitState("cooling_off", request);

        installation.set("target_at = now() - interval '11 minutes'", request);

        installation.broker().fact(REQUEST_DUE_SOON, request);
        installation.set("cooling_off_until = now() - interval '11 minutes'", request);
        installation.awaitState("handed_over", request);
        assertThat(installation.broker().facts(REQUEST_DUE_SOON, request)).hasSize(1);
    }
}
