package dev.lethe.cancellation.plan;

import static java.util.function.Function.identity;
import static java.util.stream.Collectors.toMap;
import static java.util.stream.Collectors.toSet;

import dev.lethe.cancellation.plan.PlanFile.Entry;
import dev.lethe.files.UserFile;
import dev.lethe.files.YamlSection.Value;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/** What must hold between the participants of a plan. */
final class PlanRules {

    private final List<Entry> entries;
    private final Map<String, Entry> byName;
    private final UserFile file;

    PlanRules(List<Entry> entries, UserFile file) {
        this.entries = entries;
        this.byName = entries.stream().collect(toMap(Entry::name, identity(), (one, other) -> one, TreeMap::new));
        this.file = file;
    }

    void check() {
        everyNameIsKnown();
        nobodyWaitsForItself();
        somebodyErasesBeforeTheNotice();
    }

    static Plan planOf(List<Entry> entries) {
        return new Plan(entries.stream()
                .map(e -> new Participant(
                        e.name(), e.owner(), e.after().stream().map(Value::text).collect(toSet()), e.delay()))
                .toList());
    }

    private void everyNameIsKnown() {
        for (Entry entry : entries) {
            for (Value after : entry.after()) {
                if (!after.text().equals(Plan.NOTICE) && !byName.containsKey(after.text())) {
                    file.problem(
                            after.line(),
                            after.key(),
                            "expected 'notice' or a participant, found '%s'; known are %s"
                                    .formatted(after.text(), String.join(", ", byName.keySet())));
                }
            }
        }
    }

    /** Tells each cycle once, at the first of its participants in the file. */
    private void nobodyWaitsForItself() {
        var done = new HashSet<String>();
        entries.forEach(entry -> follow(entry, new ArrayList<>(), done));
    }

    private void follow(Entry entry, List<String> path, Set<String> done) {
        int begin = path.indexOf(entry.name());
        if (begin >= 0) {
            path.add(entry.name());
            file.problem(
                    entry.line(),
                    entry.key() + ".after",
                    "nobody could begin: %s; take one 'after' out"
                            .formatted(String.join(" waits for ", path.subList(begin, path.size()))));
            path.removeLast();
        } else if (!done.contains(entry.name())) {
            path.add(entry.name());
            for (Value after : entry.after()) {
                Entry next = byName.get(after.text());
                if (next != null) {
                    follow(next, path, done);
                }
            }
            path.removeLast();
            done.add(entry.name());
        }
    }

    /** Otherwise the subject would be told "erased" before anything was. */
    private void somebodyErasesBeforeTheNotice() {
        Plan plan = planOf(entries);
        if (!entries.isEmpty() && plan.participants().stream().allMatch(plan::waitsForNotice)) {
            Entry first = entries.getFirst();
            file.problem(
                    first.line(),
                    first.key() + ".after",
                    "everybody waits for the notice, so nothing would be erased before it; take an 'after' out");
        }
    }
}
