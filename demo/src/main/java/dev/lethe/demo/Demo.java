package dev.lethe.demo;

import java.util.List;

final class Demo {
    private Demo() {}

    static int run(List<String> words) {
        return 1;
    }
}
