def test_smoke(playing):
    assert playing.stage.at_start is False
