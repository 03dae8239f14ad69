package dev.guidon.control;

import dev.guidon.model.Fields;
import dev.guidon.model.Instants;
import dev.guidon.model.Problems;
import dev.guidon.model.ScopeId;
import dev.guidon.model.Texts;
import dev.guidon.model.json.Json;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * A way into control or, for an edge, into replication. Lives in the system scope under its name.
 *
 * @param roles of persons and services; administrators need none
 * @param environments that an edge may replicate
 */
public record Credential(
    String name,
    Kind kind,
    List<SecretHash> hashes,
    List<Grant> roles,
    List<ScopeId> environments,
    @Nullable Long expiresMicros) {
  /** Who holds it. */
  public enum Kind {
    ADMIN(Secret.Kind.ADMIN),
    PERSON(Secret.Kind.PERSON),
    SERVICE(Secret.Kind.SERVICE),
    EDGE(Secret.Kind.EDGE);

    private final Secret.Kind secret;

    Kind(Secret.Kind secret) {
      this.secret = secret;
    }

    public Secret.Kind secret() {
      return secret;
    }

    public String text() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /** What a person or service may do in a project; each includes the ones before. */
  public enum Role {
    VIEWER,
    EDITOR,
    ADMIN;

    public String text() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /**
   * @param project {@value #EVERY} stands for every project
   */
  public record Grant(String project, Role role) {
    public static final String EVERY = "*";
  }

  public Credential {
    hashes = List.copyOf(hashes);
    roles = List.copyOf(roles);
    environments = List.copyOf(environments);
  }

  /** Whether it may do in a project what a role allows. */
  public boolean may(Role wanted, String project) {
    if (kind == Kind.ADMIN) {
      return true;
    }
    for (Grant grant : roles) {
      boolean here = grant.project().equals(Grant.EVERY) || grant.project().equals(project);
      if (kind != Kind.EDGE && here && grant.role().compareTo(wanted) >= 0) {
        return true;
      }
    }
    return false;
  }

  public boolean isGood(long nowMicros) {
    return expiresMicros == null || nowMicros < expiresMicros;
  }

  public static Credential read(Json json, Problems problems, boolean strict) {
    Fields fields = new Fields(json, "", problems, strict);
    String name = fields.string("key");
    String kindText = fields.string("kind");
    Kind kind = null;
    for (Kind one : Kind.values()) {
      kind = one.text().equals(kindText) ? one : kind;
    }
    if (kind == null) {
      problems.invalid(fields.at("kind"), Texts.shown(kindText), "admin, person, service or edge");
    }
    Credential credential =
        new Credential(
            name,
            kind == null ? Kind.PERSON : kind,
            SecretHash.read(fields),
            grants(fields),
            environments(fields),
            fields.optionalInstant("expires"));
    fields.done();
    return credential;
  }

  private static List<Grant> grants(Fields fields) {
    List<Grant> all = new ArrayList<>();
    List<Json> items = fields.items("roles", 1000);
    for (int i = 0; i < items.size(); i++) {
      Fields item =
          new Fields(
              items.get(i), fields.at("roles") + "/" + i, fields.problems(), fields.strict());
      String project = item.string("project");
      String text = item.string("role");
      item.done();
      if (!project.equals(Grant.EVERY) && !ScopeId.isKey(project)) {
        fields
            .problems()
            .invalid(item.at("project"), Texts.shown(project), "a project's key, or *");
      }
      Role role = null;
      for (Role one : Role.values()) {
        role = one.text().equals(text) ? one : role;
      }
      if (role == null) {
        fields.problems().invalid(item.at("role"), Texts.shown(text), "viewer, editor or admin");
      } else {
        all.add(new Grant(project, role));
      }
    }
    return all;
  }

  private static List<ScopeId> environments(Fields fields) {
    List<ScopeId> all = new ArrayList<>();
    List<Json> items = fields.items("environments", 1000);
    for (int i = 0; i < items.size(); i++) {
      String text = items.get(i) instanceof Json.Str s ? s.value() : "";
      String[] parts = text.split("/", -1);
      if (parts.length == 2 && ScopeId.isKey(parts[0]) && ScopeId.isKey(parts[1])) {
        all.add(ScopeId.of(parts[0], parts[1]));
      } else {
        fields
            .problems()
            .invalid(fields.at("environments") + "/" + i, Texts.shown(text), "project/environment");
      }
    }
    return all;
  }

  public Json.Obj json() {
    List<Json> grants = new ArrayList<>();
    for (Grant grant : roles) {
      grants.add(
          Json.Obj.builder()
              .put("project", grant.project())
              .put("role", grant.role().text())
              .build());
    }
    List<Json> scopes = new ArrayList<>();
    environments.forEach(scope -> scopes.add(Json.of(scope.text())));
    Json.Obj.Builder out =
        Json.Obj.builder()
            .put("key", name)
            .put("kind", kind.text())
            .put("hashes", SecretHash.write(hashes))
            .put("roles", new Json.Arr(grants))
            .put("environments", new Json.Arr(scopes));
    if (expiresMicros != null) {
      out.put("expires", Instants.text(expiresMicros));
    }
    return out.build();
  }

  public Credential with(List<SecretHash> next) {
    return new Credential(name, kind, next, roles, environments, expiresMicros);
  }
}
