package dev.lethe.demo.sample;

import java.util.function.Consumer;

/** Tells whoever watches the demo what a sample service just did. The people are made up, so their ids may be told. */
record Narrator(Consumer<String> lines) {

    void tell(String service, String what) {
        lines.accept("%-16s %s".formatted(service, what));
    }
}
