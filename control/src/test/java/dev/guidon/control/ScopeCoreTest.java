package dev.guidon.control;

import static org.assertj.core.api.Assertions.assertThat;

import dev.guidon.control.ScopeCore.Output;
import dev.guidon.log.AppendResult;
import dev.guidon.log.Head;
import dev.guidon.model.Change;
import dev.guidon.model.CommittedEntry;
import dev.guidon.model.EntityBody;
import dev.guidon.model.EntityId;
import dev.guidon.model.Hash;
import dev.guidon.model.KeyChunks;
import dev.guidon.model.Priority;
import dev.guidon.model.ScopeId;
import dev.guidon.model.ScopeState;
import dev.guidon.model.json.Json;
import dev.guidon.model.json.JsonLimits;
import dev.guidon.model.json.JsonReader;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/** One core, one thread, a script instead of a log. */
class ScopeCoreTest {
  private static final ScopeId PROD = ScopeId.of("shop", "prod");
  private static final EntityId CHECKOUT = EntityId.flag("checkout");
  private static final EntityId BETA = EntityId.segment("beta");
  private static final long NOW = 1_000_000;

  private final Map<Hash, byte[]> blobs = new HashMap<>();
  private final List<CommittedEntry> log = new ArrayList<>();
  private final ScopeCore core = core();

  private static ScopeCore core() {
    return new ScopeCore(
        ScopeState.empty(PROD, "0".repeat(32)), Limits.DEFAULT, view -> List.of(), 1_000_000);
  }

  // --- the script

  private Output step(Output output) {
    return switch (output) {
      case Output.LookUpKey key -> core.keyLookedUp(underKey(key.key()), NOW);
      case Output.GetBlobs get -> core.blobsGot(blobs, get.hashes(), NOW);
      case Output.PutBlobs put -> {
        blobs.putAll(put.blobs());
        yield core.blobsPut(NOW);
      }
      case Output.Append append -> core.appended(append(append), NOW);
      case Output.Read read -> core.entriesRead(read(read), NOW);
      case Output.Reply reply -> reply;
    };
  }

  private CommittedEntry underKey(String key) {
    return log.stream().filter(e -> e.entry().key().equals(key)).findFirst().orElse(null);
  }

  private AppendResult append(Output.Append append) {
    if (append.expected().revision() != log.size()) {
      return new AppendResult.Conflict(head());
    }
    log.add(append.entry());
    return new AppendResult.Committed(head());
  }

  private Head head() {
    return Head.after(PROD, log.getLast());
  }

  private List<CommittedEntry> read(Output.Read read) {
    int from = (int) read.afterRevision();
    return log.subList(from, Math.min(log.size(), from + read.max()));
  }

  private CommandResult run(Command command) {
    Output output = core.submit(command, /* projectCatalog= */ null, NOW);
    while (!(output instanceof Output.Reply reply)) {
      output = step(output);
    }
    return reply.result();
  }

  private Output upToAppend(Command command) {
    Output output = core.submit(command, /* projectCatalog= */ null, NOW);
    while (!(output instanceof Output.Append)) {
      output = step(output);
    }
    return output;
  }

  /** Another control writes to the same log. */
  private void another(Command command) {
    ScopeCore other = core();
    other.replay(log);
    Output output = other.submit(command, null, NOW);
    while (!(output instanceof Output.Append append)) {
      output =
          output instanceof Output.PutBlobs ? other.blobsPut(NOW) : other.keyLookedUp(null, NOW);
    }
    log.add(append.entry());
  }

  private static Json json(String text) {
    return JsonReader.read(text.replace('\'', '"'), JsonLimits.DEFAULT);
  }

  private static Json flag(boolean on, String more) {
    return flag("checkout", on, more);
  }

  private static Json flag(String key, boolean on, String more) {
    return json(
        "{'envelope':{'key':'"
            + key
            + "','type':'boolean','on':"
            + on
            + ",'variants':{'off':false,'on':true},'offVariant':'off'},'default':{'variant':'on'}"
            + more
            + "}");
  }

  private static Command put(String key, EntityId id, Json doc, Long basedOn) {
    return Command.of(PROD, key, "ann", new Edit.Put(id, doc, basedOn));
  }

  private static Command put(String key, Json doc) {
    return put(key, CHECKOUT, doc, null);
  }

  // --- rules

  @Test
  void aCommandBecomesAnEntryAndTheImageItsFold() {
    CommandResult result = run(put("k1", flag(false, "")));

    assertThat(result).isInstanceOf(CommandResult.Committed.class);
    assertThat(core.state().position().revision()).isEqualTo(1);
    assertThat(core.state().live(CHECKOUT).number()).isEqualTo(1);
    assertThat(core.state().chain()).isEqualTo(log.getFirst().hash());
  }

  @Test
  void commitTimesGrowAlthoughTheClockStandsStill() {
    run(put("k1", flag(false, "")));
    run(put("k2", flag(true, "")));

    assertThat(log.get(1).entry().timeMicros()).isEqualTo(log.get(0).entry().timeMicros() + 1);
  }

  @Test
  void anAppendWithoutAnswerThatArrivedIsCommittedOnce() {
    Output.Append append = (Output.Append) upToAppend(put("k1", flag(false, "")));

    log.add(append.entry());
    Output after = step(core.appendIndeterminate("timeout", NOW));

    assertThat(((Output.Reply) after).result()).isInstanceOf(CommandResult.Committed.class);
    assertThat(log).hasSize(1);
  }

  @Test
  void anAppendWithoutAnswerThatNeverArrivedIsSentAgainUnchanged() {
    Output.Append first = (Output.Append) upToAppend(put("k1", flag(false, "")));

    Output again = step(core.appendIndeterminate("timeout", NOW));

    assertThat(again).isEqualTo(first);
    assertThat(((Output.Reply) step(again)).result()).isInstanceOf(CommandResult.Committed.class);
  }

  @Test
  void anAppendWhoseSlotAnotherTookIsTriedAtTheNextHead() {
    Output.Append first = (Output.Append) upToAppend(put("k1", flag(false, "")));
    another(put("k9", EntityId.flag("other"), flag("other", false, ""), null));

    Output output = core.appendIndeterminate("timeout", NOW);
    while (!(output instanceof Output.Reply)) {
      output = step(output);
    }

    assertThat(log).hasSize(2);
    assertThat(log.get(1).entry().key()).isEqualTo(first.entry().entry().key());
  }

  @Test
  void anOutcomeThatCannotBeFoundOutIsSaidToBeUnknown() {
    upToAppend(put("k1", flag(false, "")));

    Output asked = core.appendIndeterminate("timeout", NOW);
    Output output = core.readFailed("still down", NOW + 2_000_000);

    assertThat(asked).isEqualTo(new Output.Read(0, 1));
    assertThat(((CommandResult.Unavailable) ((Output.Reply) output).result()).outcomeUnknown())
        .isTrue();
  }

  @Test
  void unrelatedChangesOfOthersDoNotStopACommand() {
    run(put("k1", flag(false, "")));
    Output append = upToAppend(put("k2", CHECKOUT, flag(true, ""), 1L));
    another(put("k9", EntityId.flag("other"), flag("other", false, ""), null));

    Output output = append;
    while (!(output instanceof Output.Reply)) {
      output = step(output);
    }

    assertThat(((Output.Reply) output).result()).isInstanceOf(CommandResult.Committed.class);
    assertThat(core.state().position().revision()).isEqualTo(3);
  }

  @Test
  void aChangeOfTheSameEntityIsAConflictThatNamesTheOther() {
    run(put("k1", flag(false, "")));
    Output output = upToAppend(put("k2", CHECKOUT, flag(true, ""), 1L));
    another(
        new Command(
            PROD,
            "k9",
            "bob",
            "hurry",
            List.of(new Edit.Put(CHECKOUT, flag(false, ",'salt':'x'"), 1L)),
            false,
            false,
            false));

    while (!(output instanceof Output.Reply)) {
      output = step(output);
    }

    CommandResult.Conflicted conflict = (CommandResult.Conflicted) ((Output.Reply) output).result();
    assertThat(conflict.author().actor()).isEqualTo("bob");
    assertThat(conflict.author().revision()).isEqualTo(2);
    assertThat(conflict.current().version()).isEqualTo(2);
  }

  @Test
  void aReferenceDeletedMeanwhileIsFoundBeforeTheRetry() {
    run(put("k1", BETA, json("{'key':'beta'}"), null));
    Output output =
        upToAppend(
            put(
                "k2",
                flag(
                    true,
                    ",'rules':[{'id':'r','if':{'segment':'beta'},'serve':{'variant':'on'}}]")));
    another(Command.of(PROD, "k9", "bob", new Edit.Delete(BETA, null)));

    while (!(output instanceof Output.Reply)) {
      output = step(output);
    }

    CommandResult.Refused refused = (CommandResult.Refused) ((Output.Reply) output).result();
    assertThat(refused.problems().getFirst().problem().pointer()).isEqualTo("/rules/0/if/segment");
    assertThat(log).hasSize(2);
  }

  @Test
  void theSameKeyWithTheSameBodyAnswersTheFirstResult() {
    run(put("k1", flag(false, "")));

    CommandResult again = run(put("k1", flag(false, "")));

    assertThat(((CommandResult.Committed) again).replayed()).isTrue();
    assertThat(log).hasSize(1);
  }

  @Test
  void theSameKeyWithAnotherBodyOrActorIsRefused() {
    run(put("k1", flag(false, "")));

    assertThat(run(put("k1", flag(true, "")))).isInstanceOf(CommandResult.KeyReused.class);
    assertThat(run(Command.of(PROD, "k1", "bob", new Edit.Put(CHECKOUT, flag(false, ""), null))))
        .isInstanceOf(CommandResult.KeyReused.class);
  }

  @Test
  void turningOffIsAnEmergencyAndTurningOnIsNot() {
    run(put("k1", flag(true, "")));
    run(put("k2", flag(false, "")));
    run(put("k3", flag(true, "")));
    run(put("k4", flag(false, ",'salt':'other'")));

    assertThat(log.stream().map(e -> e.entry().priority()))
        .containsExactly(Priority.NORMAL, Priority.EMERGENCY, Priority.NORMAL, Priority.NORMAL);
  }

  @Test
  void aDryRunWritesNothing() {
    CommandResult result = run(put("k1", flag(false, "")).asDryRun());

    assertThat(((CommandResult.Checked) result).changes()).hasSize(1);
    assertThat(log).isEmpty();
  }

  @Test
  void allProblemsAreSaidAtOnce() {
    CommandResult result =
        run(
            put(
                "k1",
                flag(
                    true,
                    ",'prerequisites':[{'flag':'gone','variants':['on']}],'layer':'none','default2':1,'rules':[]")));
    CommandResult references =
        run(
            put(
                "k1",
                flag(true, ",'prerequisites':[{'flag':'gone','variants':['on']}],'layer':'none'")));

    assertThat(((CommandResult.Refused) result).problems()).hasSize(1);
    assertThat(((CommandResult.Refused) references).problems())
        .extracting(p -> p.problem().pointer())
        .containsExactly("/prerequisites/0/flag", "/layer");
  }

  @Test
  void prerequisitesMustNotFormACycle() {
    run(put("k1", flag(true, "")));
    run(
        put(
            "k2",
            EntityId.flag("b"),
            flag("b", true, ",'prerequisites':[{'flag':'checkout','variants':['on']}]"),
            null));

    CommandResult result =
        run(put("k3", flag(true, ",'prerequisites':[{'flag':'b','variants':['on']}]")));

    assertThat(((CommandResult.Refused) result).problems().getFirst().problem().message())
        .contains("cycle");
  }

  @Test
  void whatIsNamedCannotBeDeletedAndItsVariantsStay() {
    run(put("k1", flag(true, "")));
    run(
        put(
            "k2",
            EntityId.flag("b"),
            flag("b", true, ",'prerequisites':[{'flag':'checkout','variants':['on']}]"),
            null));

    CommandResult delete = run(Command.of(PROD, "k3", "ann", new Edit.Delete(CHECKOUT, null)));
    CommandResult rename =
        run(
            put(
                "k4",
                json(
                    "{'envelope':{'key':'checkout','type':'boolean','on':true,'variants':{'no':false}},'default':{'variant':'no'}}")));

    assertThat(delete).isInstanceOf(CommandResult.Refused.class);
    assertThat(rename).isInstanceOf(CommandResult.Refused.class);
  }

  @Test
  void aDeletedKeyStaysTakenUnlessThatVeryVersionComesBack() {
    run(put("k1", flag(true, "")));
    run(Command.of(PROD, "k2", "ann", new Edit.Delete(CHECKOUT, null)));

    CommandResult other = run(put("k3", flag(false, "")));
    CommandResult same = run(put("k4", flag(true, "")));

    assertThat(other).isInstanceOf(CommandResult.Refused.class);
    assertThat(same).isInstanceOf(CommandResult.Committed.class);
    assertThat(core.state().live(CHECKOUT).number()).isEqualTo(2);
  }

  @Test
  void theTypeOfAFlagNeverChanges() {
    run(put("k1", flag(true, "")));

    CommandResult result =
        run(
            put(
                "k2",
                json(
                    "{'envelope':{'key':'checkout','type':'string','on':true,'variants':{'a':'x'}},'default':{'variant':'a'}}")));

    assertThat(((CommandResult.Refused) result).problems().getFirst().problem().pointer())
        .isEqualTo("/envelope/type");
  }

  @Test
  void keysLeaveTheEntryForBlobs() {
    run(put("k1", BETA, json("{'key':'beta','included':['anna@example.org']}"), null));

    assertThat(new String(log.getFirst().bytes(), java.nio.charset.StandardCharsets.UTF_8))
        .doesNotContain("anna");
    assertThat(blobs.values().stream().map(KeyChunks::keys))
        .containsExactly(List.of("anna@example.org"));
  }

  @Test
  void oneKeyMoreInAMillionMovesOneChunk() {
    List<Json> keys = new ArrayList<>();
    for (int i = 0; i < KeyChunks.KEYS_MAX - 1; i++) {
      keys.add(Json.of("user-" + i));
    }
    run(put("k1", BETA, Json.Obj.of("key", Json.of("beta"), "included", new Json.Arr(keys)), null));
    TreeSet<Hash> before = new TreeSet<>(blobs.keySet());
    TreeSet<Hash> asked = new TreeSet<>();

    Output output =
        core.submit(
            Command.of(
                PROD,
                "k2",
                "ann",
                new Edit.Keys(BETA, "included", List.of("new"), List.of(), null)),
            null,
            NOW);
    while (!(output instanceof Output.Reply)) {
      if (output instanceof Output.GetBlobs get) {
        asked.addAll(get.hashes());
      }
      output = step(output);
    }

    TreeSet<Hash> added = new TreeSet<>(blobs.keySet());
    added.removeAll(before);
    assertThat(asked).hasSize(1);
    assertThat(added).hasSize(1);
    assertThat(log.getLast().bytes().length).isLessThan(64 * 1024);
  }

  @Test
  void aLongListIsNotEmptiedByAccident() {
    List<Json> keys = new ArrayList<>();
    for (int i = 0; i < 200; i++) {
      keys.add(Json.of("user-" + i));
    }
    run(put("k1", BETA, Json.Obj.of("key", Json.of("beta"), "included", new Json.Arr(keys)), null));

    CommandResult result = run(put("k2", BETA, json("{'key':'beta','included':[]}"), null));

    assertThat(((CommandResult.Refused) result).problems().getFirst().problem().pointer())
        .isEqualTo("/included");
  }

  @Test
  void everyThousandthEntryCarriesTheCheckpointOfTheStateBefore() {
    for (int i = 1; i <= 1000; i++) {
      run(put("k" + i, flag(i % 2 == 0, "")));
    }

    assertThat(log.get(998).entry().checkpoint()).isNull();
    assertThat(log.get(999).entry().checkpoint().revision()).isEqualTo(999);
    assertThat(replayed().entities().root()).isEqualTo(core.state().entities().root());
  }

  private ScopeState replayed() {
    ScopeState state = ScopeState.empty(PROD, "0".repeat(32));
    for (CommittedEntry entry : log) {
      state = state.apply(entry);
    }
    return state;
  }

  @Test
  void whatTheEvaluatorWouldRefuseIsNotWritten() {
    ScopeCore strict =
        new ScopeCore(
            ScopeState.empty(PROD, "0".repeat(32)), Limits.DEFAULT, new EngineCheck(), 1_000_000);

    Output output =
        strict.submit(
            put(
                    "k1",
                    flag(
                        true,
                        ",'rules':[{'id':'r','if':{'attribute':'n','op':'matches','values':['(']},'serve':{'variant':'on'}}]"))
                .asDryRun(),
            null,
            NOW);

    assertThat(((Output.Reply) output).result()).isInstanceOf(CommandResult.Refused.class);
  }

  @Test
  void severalEditsAreOneEntry() {
    CommandResult result =
        run(
            Command.of(
                PROD,
                "k1",
                "ann",
                new Edit.Put(BETA, json("{'key':'beta'}"), 0L),
                new Edit.Put(
                    CHECKOUT,
                    flag(
                        true,
                        ",'rules':[{'id':'r','if':{'segment':'beta'},'serve':{'variant':'on'}}]"),
                    0L)));

    List<Change> changes = ((CommandResult.Committed) result).entry().entry().changes();
    assertThat(changes).extracting(Change::id).containsExactly(BETA, CHECKOUT);
    assertThat(changes.get(1).body()).isInstanceOf(EntityBody.Present.class);
  }
}
